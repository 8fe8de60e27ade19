"""REST: pools, servers and what belongs to them, to read, and to create and change by the pages'
own forms; one module a noun."""
