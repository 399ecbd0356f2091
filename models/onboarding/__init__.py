"""From a few labelled photos of a new customer to a gallery that knows its products, in minutes."""
