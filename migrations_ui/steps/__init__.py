"""The steps of a move, one module each. A step may be cut off anywhere and is then run again."""
