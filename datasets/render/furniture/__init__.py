"""What products stand in: uprights, chests, open shelves, floor displays and vending machines, each with its looks."""
