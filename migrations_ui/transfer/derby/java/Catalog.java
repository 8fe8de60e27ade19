import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is in the database: every table with its columns, keys and exact row count; views by name. */
final class Catalog {
    private Catalog() {}

    private record Column(Json described, String name, boolean required) {}

    static Json read(Connection connection) throws SQLException {
        DatabaseMetaData facts = connection.getMetaData();
        Map<List<String>, List<Column>> columns = columns(facts);
        List<Json> tables = new ArrayList<>();
        try (ResultSet rows = facts.getTables(null, null, null, new String[] {"TABLE"})) {
            while (rows.next()) {
                String schema = rows.getString("TABLE_SCHEM");
                String name = rows.getString("TABLE_NAME");
                List<Column> members = columns.get(List.of(schema, name));
                tables.add(new Json()
                        .put("schema", schema)
                        .put("name", name)
                        .put("rows", count(connection, schema, name))
                        .putStrings("key", key(facts, schema, name, members))
                        .putObjects("parents", parents(facts, schema, name))
                        .putObjects("columns", members.stream().map(Column::described).toList()));
            }
        }
        return new Json()
                .put("version", facts.getDatabaseProductVersion())
                .putObjects("tables", tables)
                .putObjects("ignored", ignored(facts));
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

    /** The tables that this one's foreign keys refer to, each once. */
    private static List<Json> parents(DatabaseMetaData facts, String schema, String table) throws SQLException {
        Map<List<String>, Json> parents = new LinkedHashMap<>();
        try (ResultSet rows = facts.getImportedKeys(null, schema, table)) {
            while (rows.next()) {
                String parentSchema = rows.getString("PKTABLE_SCHEM");
                String parent = rows.getString("PKTABLE_NAME");
                parents.put(
                        List.of(parentSchema, parent),
                        new Json().put("schema", parentSchema).put("name", parent));
            }
        }
        return List.copyOf(parents.values());
    }

    private static long count(Connection connection, String schema, String table) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT COUNT(*) FROM " + quote(schema, table))) {
            result.next();
            return result.getLong(1);
        }
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

    /** The primary key; else the first unique index whose columns can all not be null; else none. */
    private static List<String> key(DatabaseMetaData facts, String schema, String table, List<Column> columns)
            throws SQLException {
        Map<Integer, String> primary = new TreeMap<>();
        try (ResultSet rows = facts.getPrimaryKeys(null, schema, table)) {
            while (rows.next()) {
                primary.put(rows.getInt("KEY_SEQ"), rows.getString("COLUMN_NAME"));
            }
        }
        if (!primary.isEmpty()) {
            return List.copyOf(primary.values());
        }
        List<String> required = columns.stream().filter(Column::required).map(Column::name).toList();
        Map<String, List<String>> indexes = new LinkedHashMap<>();
        try (ResultSet rows = facts.getIndexInfo(null, schema, table, true, true)) {
            while (rows.next()) {
                indexes.computeIfAbsent(rows.getString("INDEX_NAME"), name -> new ArrayList<>())
                        .add(rows.getString("COLUMN_NAME"));
            }
        }
        return indexes.values().stream().filter(required::containsAll).findFirst().orElse(List.of());
    }

    static String quote(String... names) {
        List<String> quoted = new ArrayList<>();
        for (String name : names) {
            quoted.add('"' + name.replace("\"", "\"\"") + '"');
        }
        return String.join(".", quoted);
    }
}
