CREATE TABLE "users" ("name" varchar(254) NOT NULL PRIMARY KEY);
