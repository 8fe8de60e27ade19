import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends a table's rows in slices of one heap scan.
 *
 * <p>The copy is not written while it is read, so the scan meets the rows in the same order each
 * time; a row's position in it is its number. Rows before {@code first} are stepped over unread, and
 * so are those that are known to be left out.
 */
final class TableRows {
    private static final int SLICE_CAPACITY = 640 * 1024;
    private static final int PREVIEW = 80;

    private final String schema;
    private final String table;
    private final long first;
    private final long until;
    private final Positions without;
    private final String[] names;
    private final String[] forms;
    private final RowSyntax syntax;
    private final Bucketing bucketing;

    TableRows(
            String schema,
            String table,
            long first,
            long until,
            Positions without,
            String[] names,
            String[] forms,
            RowSyntax syntax,
            Bucketing bucketing) {
        this.schema = schema;
        this.table = table;
        this.first = first;
        this.until = until;
        this.without = without;
        this.names = names;
        this.forms = forms;
        this.syntax = syntax;
        this.bucketing = bucketing;
    }

    void send(Connection connection, FrameWriter frames) throws SQLException, IOException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(select());
                SliceQueue queue = new SliceQueue(frames, SLICE_CAPACITY, bucketing.drainedBytes())) {
            ColumnForm[] columns = columns(rows.getMetaData());
            RowWriter writer = new RowWriter(syntax, columns, bucketing);
            long position = 0;
            while (position < first && rows.next()) {
                position++;
            }
            Slice slice = queue.take();
            while (position < until && rows.next()) {
                if (!without.hold(position)) {
                    encode(rows, columns, writer, slice, position);
                }
                position++;
                if (slice.full()) {
                    slice.endAt(position, bucketing);
                    queue.send(slice);
                    slice = queue.take();
                }
            }
            slice.endAt(position, bucketing);
            queue.send(slice);
        }
        frames.end();
    }

    /** The override keeps the optimizer from a covering index, whose order is another. */
    private String select() {
        List<String> quoted = new ArrayList<>();
        for (String name : names) {
            quoted.add(Catalog.quote(name));
        }
        return "SELECT " + String.join(", ", quoted) + " FROM " + Catalog.quote(schema, table)
                + " --DERBY-PROPERTIES index=null\n";
    }

    private ColumnForm[] columns(ResultSetMetaData facts) throws SQLException {
        ColumnForm[] columns = new ColumnForm[forms.length];
        for (int i = 0; i < forms.length; i++) {
            columns[i] = ColumnForm.of(forms[i], facts.getColumnType(i + 1));
        }
        return columns;
    }

    private void encode(ResultSet row, ColumnForm[] columns, RowWriter writer, Slice slice, long position)
            throws SQLException, IOException {
        int start = slice.rows.length();
        int column = 0;
        try {
            RowBuffer target = writer.startRow(slice);
            target.startRow(columns.length);
            for (; column < columns.length; column++) {
                bucketing.fieldStartsAt(column, target.length());
                columns[column].encode(row, column + 1, target);
            }
            bucketing.fieldStartsAt(column, target.length());
            writer.endRow(slice, true);
        } catch (Rejection rejection) {
            slice.rows.truncate(start);
            Json described = describe(row, column, position, rejection);
            slice.rejects.add(described.putObjects("more", others(row, columns, column + 1, slice)));
        }
    }

    /** A column past the last one: the row as a whole is too long for the target's syntax. */
    private Json describe(ResultSet row, int column, long position, Rejection rejection) throws SQLException {
        List<String> key = new ArrayList<>();
        for (int index : bucketing.key()) {
            key.add(row.getString(index + 1));
        }
        Json described = new Json().put("row", position).putStrings("key", key);
        if (column < names.length) {
            return incompatible(described, row, column, rejection);
        }
        return described.put("column", "").put("reason", rejection.getMessage()).put("preview", (String) null);
    }

    /** What else of the row does not fit, from the column {@code first} on: somebody may correct all of it. */
    private List<Json> others(ResultSet row, ColumnForm[] columns, int first, Slice slice)
            throws SQLException, IOException {
        List<Json> found = new ArrayList<>();
        int start = slice.rows.length();
        slice.rows.beginRow();
        for (int column = first; column < columns.length; column++) {
            try {
                columns[column].encode(row, column + 1, slice.rows);
            } catch (Rejection rejection) {
                found.add(incompatible(new Json(), row, column, rejection));
            } finally {
                slice.rows.truncate(start);
            }
        }
        return found;
    }

    private Json incompatible(Json described, ResultSet row, int column, Rejection rejection) throws SQLException {
        return described
                .put("column", names[column])
                .put("reason", rejection.getMessage())
                .put("preview", preview(row, column));
    }

    /** A large object can be read only once a row, so it has no preview. */
    private static String preview(ResultSet row, int column) throws SQLException {
        int type = row.getMetaData().getColumnType(column + 1);
        if (type == Types.CLOB || type == Types.BLOB) {
            return null;
        }
        String text = row.getString(column + 1);
        return text == null || text.length() <= PREVIEW ? text : text.substring(0, PREVIEW);
    }
}
