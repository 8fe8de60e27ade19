"""What the steps share that plan, copy and check rows."""
