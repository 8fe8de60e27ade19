"""MySQL and MariaDB: rows go in by LOAD DATA LOCAL, in the text that the reader writes for it."""
