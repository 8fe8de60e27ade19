import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is in the database: every table with its columns, its key and its exact row count. */
final class Catalog {
    private Catalog() {}

    static Json read(Connection connection) throws SQLException {
        DatabaseMetaData facts = connection.getMetaData();
        List<String[]> names = new ArrayList<>();
        try (ResultSet tables = facts.getTables(null, null, null, new String[] {"TABLE"})) {
            while (tables.next()) {
                names.add(new String[] {tables.getString("TABLE_SCHEM"), tables.getString("TABLE_NAME")});
            }
        }
        List<Json> described = new ArrayList<>();
        for (String[] name : names) {
            described.add(new Json()
                    .put("schema", name[0])
                    .put("name", name[1])
                    .put("rows", count(connection, name[0], name[1]))
                    .putStrings("key", key(facts, name[0], name[1]))
                    .putObjects("columns", columns(facts, name[0], name[1])));
        }
        return new Json().put("version", facts.getDatabaseProductVersion()).putObjects("tables", described);
    }

    private static long count(Connection connection, String schema, String table) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT COUNT(*) FROM " + quote(schema, table))) {
            result.next();
            return result.getLong(1);
        }
    }

    /** getColumns takes patterns, so a name with % or _ would match its neighbours: compare again. */
    private static List<Json> columns(DatabaseMetaData facts, String schema, String table)
            throws SQLException {
        List<Json> columns = new ArrayList<>();
        try (ResultSet rows = facts.getColumns(null, null, null, null)) {
            while (rows.next()) {
                if (!schema.equals(rows.getString("TABLE_SCHEM")) || !table.equals(rows.getString("TABLE_NAME"))) {
                    continue;
                }
                columns.add(new Json()
                        .put("name", rows.getString("COLUMN_NAME"))
                        .put("type", rows.getString("TYPE_NAME"))
                        .put("size", rows.getLong("COLUMN_SIZE"))
                        .put("scale", rows.getLong("DECIMAL_DIGITS"))
                        .put("nullable", rows.getInt("NULLABLE") != DatabaseMetaData.columnNoNulls)
                        .put("identity", "YES".equals(rows.getString("IS_AUTOINCREMENT"))));
            }
        }
        return columns;
    }

    /** The primary key; else the first unique index whose columns can all not be null; else none. */
    private static List<String> key(DatabaseMetaData facts, String schema, String table)
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
        List<String> required = new ArrayList<>();
        try (ResultSet rows = facts.getColumns(null, null, null, null)) {
            while (rows.next()) {
                if (schema.equals(rows.getString("TABLE_SCHEM"))
                        && table.equals(rows.getString("TABLE_NAME"))
                        && rows.getInt("NULLABLE") == DatabaseMetaData.columnNoNulls) {
                    required.add(rows.getString("COLUMN_NAME"));
                }
            }
        }
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
