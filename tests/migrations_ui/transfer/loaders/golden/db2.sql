DELETE FROM "LG_STAGED_135E2272DEF2"

INSERT INTO "Doc's" ("user_id", "part", "tag", "note") SELECT "user_id", "part", "tag", "note"
    FROM "LG_STAGED_135E2272DEF2"

INSERT INTO "LG_STAGED_135E2272DEF2" ("user_id", "part", "tag", "note") VALUES (%s, %s, %s, %s)

SELECT s."user_id", s."part" FROM "LG_STAGED_135E2272DEF2" s WHERE EXISTS (SELECT 1 FROM "Doc's"
    t WHERE t."user_id" = s."user_id" AND t."part" = s."part")

DELETE FROM "LG_STAGED_135E2272DEF2" WHERE lg_row IN (SELECT s.lg_row FROM
    "LG_STAGED_135E2272DEF2" s WHERE EXISTS (SELECT 1 FROM "Doc's" t WHERE t."user_id" = s."user_id"
    AND t."part" = s."part"))

SELECT s."user_id", s."part" FROM "LG_STAGED_135E2272DEF2" s WHERE EXISTS (SELECT 1 FROM "Doc's"
    t WHERE (t."tag" = s."tag" OR t."tag" IS NULL AND s."tag" IS NULL))

DELETE FROM "LG_STAGED_135E2272DEF2" WHERE lg_row IN (SELECT s.lg_row FROM
    "LG_STAGED_135E2272DEF2" s WHERE EXISTS (SELECT 1 FROM "Doc's" t WHERE (t."tag" = s."tag" OR
    t."tag" IS NULL AND s."tag" IS NULL)))

SELECT s."user_id", s."part" FROM "LG_STAGED_135E2272DEF2" s WHERE EXISTS (SELECT 1 FROM
    "LG_STAGED_135E2272DEF2" t WHERE t.lg_row < s.lg_row AND t."user_id" = s."user_id" AND t."part"
    = s."part")

DELETE FROM "LG_STAGED_135E2272DEF2" WHERE lg_row IN (SELECT s.lg_row FROM
    "LG_STAGED_135E2272DEF2" s WHERE EXISTS (SELECT 1 FROM "LG_STAGED_135E2272DEF2" t WHERE t.lg_row
    < s.lg_row AND t."user_id" = s."user_id" AND t."part" = s."part"))

DELETE FROM "Doc's" WHERE EXISTS (SELECT 1 FROM "LG_SOURCE_ROWS_135E2272DEF2" s WHERE
    "Doc's"."user_id" = s."user_id" AND HEX("Doc's"."user_id") = HEX(s."user_id") AND "Doc's"."part"
    = s."part")

DELETE FROM "LG_SOURCE_ROWS_135E2272DEF2" WHERE EXISTS (SELECT 1 FROM "LG_KEPT_OUT_135E2272DEF2"
    s WHERE "LG_SOURCE_ROWS_135E2272DEF2"."user_id" = s."user_id" AND
    HEX("LG_SOURCE_ROWS_135E2272DEF2"."user_id") = HEX(s."user_id") AND
    "LG_SOURCE_ROWS_135E2272DEF2"."part" = s."part")

SELECT s."user_id", s."part" FROM "LG_SOURCE_ROWS_135E2272DEF2" s WHERE NOT EXISTS (SELECT 1
    FROM "LG_TARGET_ROWS_135E2272DEF2" t WHERE t."user_id" = s."user_id" AND HEX(t."user_id") =
    HEX(s."user_id") AND t."part" = s."part")

SELECT s.lg_row, s."user_id", s."part", s."tag", s."note", t."user_id", t."part", t."tag",
    t."note" FROM "LG_SOURCE_ROWS_135E2272DEF2" s JOIN "LG_TARGET_ROWS_135E2272DEF2" t ON
    t."user_id" = s."user_id" AND HEX(t."user_id") = HEX(s."user_id") AND t."part" = s."part"

DELETE FROM "LG_SOURCE_ROWS_135E2272DEF2" WHERE lg_row IN (1, 2, 3)

SELECT "user_id", "part", "tag", "note" FROM "Doc's"

CREATE TABLE "LG_STAGED_135E2272DEF2" (lg_row BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY,
    "user_id" VARCHAR(40), "part" INTEGER, "tag" VARCHAR(16) FOR BIT DATA, "note" CLOB(4096))

SELECT RID_BIT(t), t."note", t."tag", t."size" FROM "plain" t

DELETE FROM "plain" t WHERE RID_BIT(t) = %s

SELECT MAX("size") FROM "plain"

ALTER TABLE "plain" ALTER COLUMN "size" RESTART WITH 42

SELECT DISTINCT TABNAME, REFTABNAME FROM SYSCAT.REFERENCES WHERE TABSCHEMA = CURRENT SCHEMA AND
    REFTABSCHEMA = CURRENT SCHEMA ORDER BY TABNAME, REFTABNAME

SELECT r.CONSTNAME, r.TABNAME, r.REFTABNAME, c.COLNAME, p.COLNAME FROM SYSCAT.REFERENCES r JOIN
    SYSCAT.KEYCOLUSE c ON c.CONSTNAME = r.CONSTNAME AND c.TABSCHEMA = r.TABSCHEMA AND c.TABNAME =
    r.TABNAME JOIN SYSCAT.KEYCOLUSE p ON p.CONSTNAME = r.REFKEYNAME AND p.TABSCHEMA = r.REFTABSCHEMA
    AND p.TABNAME = r.REFTABNAME AND p.COLSEQ = c.COLSEQ WHERE r.TABSCHEMA = CURRENT SCHEMA AND
    r.REFTABSCHEMA = CURRENT SCHEMA ORDER BY r.TABNAME, r.CONSTNAME, c.COLSEQ
