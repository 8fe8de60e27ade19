CREATE TABLE lg_table (
    run_id VARCHAR(64) NOT NULL,
    table_name VARCHAR(128) NOT NULL,
    way VARCHAR(8) NOT NULL,
    rows_total BIGINT NOT NULL,
    next_row BIGINT NOT NULL,
    rows_written BIGINT NOT NULL,
    rows_updated BIGINT NOT NULL,
    rows_equal BIGINT NOT NULL,
    rows_kept BIGINT NOT NULL,
    rows_rejected BIGINT NOT NULL,
    finished SMALLINT NOT NULL,
    attempt BIGINT NOT NULL,
    PRIMARY KEY (run_id, table_name))

CREATE TABLE lg_chunk (
    run_id VARCHAR(64) NOT NULL,
    table_name VARCHAR(128) NOT NULL,
    first_row BIGINT NOT NULL,
    next_row BIGINT NOT NULL,
    rows_written BIGINT NOT NULL,
    rows_rejected BIGINT NOT NULL,
    digests BLOB NOT NULL,
    committed_at VARCHAR(32) NOT NULL,
    PRIMARY KEY (run_id, table_name, first_row))

CREATE TABLE lg_reject (
    run_id VARCHAR(64) NOT NULL,
    table_name VARCHAR(128) NOT NULL,
    first_row BIGINT NOT NULL,
    position BIGINT NOT NULL,
    source_row BIGINT,
    row_key CLOB NOT NULL,
    column_name VARCHAR(128) NOT NULL,
    reason VARCHAR(400) NOT NULL,
    preview VARCHAR(400) NOT NULL,
    PRIMARY KEY (run_id, table_name, first_row, position))

CREATE TABLE lg_deferred (
    run_id VARCHAR(64) NOT NULL,
    table_name VARCHAR(128) NOT NULL,
    position SMALLINT NOT NULL,
    object_name VARCHAR(128) NOT NULL,
    statement CLOB NOT NULL,
    PRIMARY KEY (run_id, table_name, position))
