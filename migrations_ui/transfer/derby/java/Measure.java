import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Scans a table once and tells, for each column asked for, how many of its values would lose
 * something or not fit.
 *
 * <p>Answers with a JSON frame {"rows": n} every so many rows, and at the end with one that has the
 * columns too. A row longer than is carried is counted only when all of its columns are asked for; its
 * length is that in the syntax that the target takes, where bytes are escaped.
 */
final class Measure {
    private static final int ROWS_A_FRAME = 200_000;
    private static final long LONGEST_ROW = 64L * 1024 * 1024;

    private final String schema;
    private final String table;
    private final Escapes escapes;
    private final String[] names;
    private final String[] forms;

    Measure(String schema, String table, Escapes escapes, String[] names, String[] forms) {
        this.schema = schema;
        this.table = table;
        this.escapes = escapes;
        this.names = names;
        this.forms = forms;
    }

    void send(Connection connection, FrameWriter frames) throws SQLException, IOException {
        long count = 0;
        long longRows = 0;
        long longest = 0;
        Gauge[] gauges = new Gauge[names.length];
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(select())) {
            for (int i = 0; i < gauges.length; i++) {
                gauges[i] = Gauge.of(names[i], forms[i], rows.getMetaData().getColumnType(i + 1), escapes);
            }
            while (rows.next()) {
                long length = 2;
                for (int i = 0; i < gauges.length; i++) {
                    length += gauges[i].measure(rows, i + 1);
                    length += gauges[i].escaped();
                }
                longest = Math.max(longest, length);
                if (length > LONGEST_ROW) {
                    longRows++;
                }
                if (++count % ROWS_A_FRAME == 0) {
                    frames.json(new Json().put("rows", count));
                }
            }
        }
        List<Json> columns = new ArrayList<>();
        Arrays.stream(gauges).map(Gauge::described).forEach(columns::add);
        frames.json(new Json()
                .put("rows", count)
                .put("long_rows", longRows)
                .put("longest_row", longest)
                .putObjects("columns", columns));
    }

    private String select() {
        List<String> quoted = new ArrayList<>();
        for (String name : names) {
            quoted.add(Catalog.quote(name));
        }
        return "SELECT " + String.join(", ", quoted) + " FROM " + Catalog.quote(schema, table)
                + " --DERBY-PROPERTIES index=null\n";
    }
}
