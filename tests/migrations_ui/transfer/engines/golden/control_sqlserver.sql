CREATE TABLE lg_table (
    run_id nvarchar(64) NOT NULL,
    table_name nvarchar(128) NOT NULL,
    way nvarchar(8) NOT NULL,
    rows_total bigint NOT NULL,
    next_row bigint NOT NULL,
    rows_written bigint NOT NULL,
    rows_updated bigint NOT NULL,
    rows_equal bigint NOT NULL,
    rows_kept bigint NOT NULL,
    rows_rejected bigint NOT NULL,
    finished smallint NOT NULL,
    attempt bigint NOT NULL,
    PRIMARY KEY (run_id, table_name))

CREATE TABLE lg_chunk (
    run_id nvarchar(64) NOT NULL,
    table_name nvarchar(128) NOT NULL,
    first_row bigint NOT NULL,
    next_row bigint NOT NULL,
    rows_written bigint NOT NULL,
    rows_rejected bigint NOT NULL,
    digests varbinary(4096) NOT NULL,
    committed_at nvarchar(32) NOT NULL,
    PRIMARY KEY (run_id, table_name, first_row))

CREATE TABLE lg_reject (
    run_id nvarchar(64) NOT NULL,
    table_name nvarchar(128) NOT NULL,
    first_row bigint NOT NULL,
    position bigint NOT NULL,
    source_row bigint,
    row_key nvarchar(max) NOT NULL,
    column_name nvarchar(128) NOT NULL,
    reason nvarchar(400) NOT NULL,
    preview nvarchar(400) NOT NULL,
    PRIMARY KEY (run_id, table_name, first_row, position))

CREATE TABLE lg_deferred (
    run_id nvarchar(64) NOT NULL,
    table_name nvarchar(128) NOT NULL,
    position smallint NOT NULL,
    object_name nvarchar(128) NOT NULL,
    statement nvarchar(max) NOT NULL,
    PRIMARY KEY (run_id, table_name, position))
