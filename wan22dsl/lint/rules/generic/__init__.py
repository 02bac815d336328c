"""What is wrong with a graph whatever it makes: classes, inputs, values, links."""
