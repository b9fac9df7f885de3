"""What an agent asks of the queue: a view, filters, an order; all of it stands in the address."""
