"""What commands do: one module a command, loaded when it is called and not before."""
