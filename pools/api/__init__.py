"""REST: the rows of the standing world, to read, and to enter and change by the pages' own forms;
one module a noun."""
