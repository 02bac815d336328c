"""What is wrong with a graph (`rules`), which findings count (`policy`), how fixes are applied (`fixing`)."""
