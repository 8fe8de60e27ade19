import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What is in the database: every table with its columns, keys and exact row count; views by name. */
final class Catalog {
    private Catalog() {}

    private record Column(Json described, String name, boolean required) {}

    static Json read(Connection connection) throws SQLException {
        DatabaseMetaData facts = connection.getMetaData();
        Map<List<String>, List<Column>> columns = columns(facts);
        Constraints constraints = Constraints.read(connection);
        List<List<String>> names = new ArrayList<>();
        try (ResultSet rows = facts.getTables(null, null, null, new String[] {"TABLE"})) {
            while (rows.next()) {
                names.add(List.of(rows.getString("TABLE_SCHEM"), rows.getString("TABLE_NAME")));
            }
        }
        long[] counts = Counts.of(connection, names);
        List<Json> tables = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            List<String> table = names.get(i);
            List<Column> members = columns.get(table);
            List<String> required = members.stream().filter(Column::required).map(Column::name).toList();
            tables.add(new Json()
                    .put("schema", table.get(0))
                    .put("name", table.get(1))
                    .put("rows", counts[i])
                    .putStrings("key", constraints.key(table, required))
                    .putObjects("parents", constraints.parents(table).stream().map(Catalog::named).toList())
                    .putObjects("columns", members.stream().map(Column::described).toList()));
        }
        return new Json()
                .put("version", facts.getDatabaseProductVersion())
                .putObjects("tables", tables)
                .putObjects("ignored", ignored(facts));
    }

    private static Json named(List<String> table) {
        return new Json().put("schema", table.get(0)).put("name", table.get(1));
    }

    /** What shows the rows of tables under another name; those rows are copied once, with the table. */
    private static List<Json> ignored(DatabaseMetaData facts) throws SQLException {
        List<Json> ignored = new ArrayList<>();
        try (ResultSet rows = facts.getTables(null, null, null, new String[] {"VIEW", "SYNONYM"})) {
            while (rows.next()) {
                ignored.add(new Json()
                        .put("schema", rows.getString("TABLE_SCHEM"))
                        .put("name", rows.getString("TABLE_NAME"))
                        .put("kind", rows.getString("TABLE_TYPE")));
            }
        }
        return ignored;
    }

    /** All tables' at once: asked by name, getColumns takes % and _ in the name for a pattern. */
    private static Map<List<String>, List<Column>> columns(DatabaseMetaData facts) throws SQLException {
        Map<List<String>, List<Column>> columns = new HashMap<>();
        try (ResultSet rows = facts.getColumns(null, null, null, null)) {
            while (rows.next()) {
                List<String> table = List.of(rows.getString("TABLE_SCHEM"), rows.getString("TABLE_NAME"));
                String name = rows.getString("COLUMN_NAME");
                boolean required = rows.getInt("NULLABLE") == DatabaseMetaData.columnNoNulls;
                Json described = new Json()
                        .put("name", name)
                        .put("type", rows.getString("TYPE_NAME"))
                        .put("size", rows.getLong("COLUMN_SIZE"))
                        .put("scale", rows.getLong("DECIMAL_DIGITS"))
                        .put("nullable", !required)
                        .put("identity", "YES".equals(rows.getString("IS_AUTOINCREMENT")))
                        .put("generated", "YES".equals(rows.getString("IS_GENERATEDCOLUMN")));
                columns.computeIfAbsent(table, any -> new ArrayList<>()).add(new Column(described, name, required));
            }
        }
        return columns;
    }

    static String quote(String... names) {
        List<String> quoted = new ArrayList<>();
        for (String name : names) {
            quoted.add('"' + name.replace("\"", "\"\"") + '"');
        }
        return String.join(".", quoted);
    }
}
