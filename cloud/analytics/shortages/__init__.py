"""What stock-outs cost and where they begin: lost sales in money, last units, and SKUs that run out again and again."""
