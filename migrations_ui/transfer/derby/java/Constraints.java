import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keys, unique indexes and foreign keys of all tables, from a few statements over Derby's catalog: its
 * metadata calls take several a table.
 */
final class Constraints {
    /**
     * As an index's descriptor is written: UNIQUE BTREE (2, 1 DESC). One that is "UNIQUE WITH DUPLICATE
     * NULLS" distinguishes no rows.
     */
    private static final Pattern DESCRIPTOR = Pattern.compile("(UNIQUE (?!WITH ))?[\\w ]+ \\(([^)]*)\\)");

    private record Index(List<String> columns, boolean unique) {}

    private final Map<String, List<String>> tables = new HashMap<>();
    private final Map<String, Map<Integer, String>> columns = new HashMap<>();
    /** By table, then by the index's name, in the order in which Derby lists them. */
    private final Map<List<String>, Map<String, Index>> indexes = new HashMap<>();
    private final Map<String, Index> byConglomerate = new HashMap<>();
    private final Map<List<String>, List<String>> primary = new HashMap<>();
    private final Map<List<String>, Set<List<String>>> parents = new HashMap<>();

    private Constraints() {}

    static Constraints read(Connection connection) throws SQLException {
        Constraints read = new Constraints();
        try (Statement statement = connection.createStatement()) {
            read.readTables(statement);
            read.readColumns(statement);
            read.readIndexes(statement);
            read.readPrimaryKeys(statement);
            read.readForeignKeys(statement);
        }
        return read;
    }

    /** The primary key; else the first unique index whose columns can all not be null; else none. */
    List<String> key(List<String> table, List<String> required) {
        List<String> key = primary.get(table);
        if (key != null) {
            return key;
        }
        return indexes.getOrDefault(table, Map.of()).values().stream()
                .filter(index -> index.unique() && required.containsAll(index.columns()))
                .map(Index::columns)
                .findFirst()
                .orElse(List.of());
    }

    /** The tables that this one's foreign keys refer to, each once. */
    Set<List<String>> parents(List<String> table) {
        return parents.getOrDefault(table, Set.of());
    }

    private void readTables(Statement statement) throws SQLException {
        String query = "SELECT t.TABLEID, s.SCHEMANAME, t.TABLENAME FROM SYS.SYSTABLES t"
                + " JOIN SYS.SYSSCHEMAS s ON s.SCHEMAID = t.SCHEMAID WHERE t.TABLETYPE = 'T'";
        try (ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                tables.put(rows.getString(1), List.of(rows.getString(2), rows.getString(3)));
            }
        }
    }

    private void readColumns(Statement statement) throws SQLException {
        String query = "SELECT REFERENCEID, COLUMNNUMBER, COLUMNNAME FROM SYS.SYSCOLUMNS";
        try (ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                columns.computeIfAbsent(rows.getString(1), any -> new HashMap<>())
                        .put(rows.getInt(2), rows.getString(3));
            }
        }
    }

    private void readIndexes(Statement statement) throws SQLException {
        String query = "SELECT TABLEID, CONGLOMERATEID, CONGLOMERATENAME, DESCRIPTOR FROM SYS.SYSCONGLOMERATES"
                + " WHERE ISINDEX";
        try (ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                List<String> table = tables.get(rows.getString(1));
                if (table == null) {
                    continue;
                }
                Index index = index(columns.get(rows.getString(1)), rows.getString(4));
                byConglomerate.put(rows.getString(2), index);
                indexes.computeIfAbsent(table, any -> new TreeMap<>()).put(rows.getString(3), index);
            }
        }
    }

    private static Index index(Map<Integer, String> columns, String descriptor) throws SQLException {
        Matcher parts = DESCRIPTOR.matcher(descriptor);
        if (!parts.matches()) {
            throw new SQLException("an index is described as " + descriptor);
        }
        List<String> members = new ArrayList<>();
        for (String position : parts.group(2).split(",")) {
            members.add(columns.get(Integer.parseInt(position.trim().split(" ")[0])));
        }
        return new Index(List.copyOf(members), parts.group(1) != null);
    }

    private void readPrimaryKeys(Statement statement) throws SQLException {
        String query = "SELECT c.TABLEID, k.CONGLOMERATEID FROM SYS.SYSCONSTRAINTS c"
                + " JOIN SYS.SYSKEYS k ON k.CONSTRAINTID = c.CONSTRAINTID WHERE c.TYPE = 'P'";
        try (ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                primary.put(
                        tables.get(rows.getString(1)),
                        byConglomerate.get(rows.getString(2)).columns());
            }
        }
    }

    private void readForeignKeys(Statement statement) throws SQLException {
        Map<String, String> tableOf = new HashMap<>();
        try (ResultSet rows = statement.executeQuery("SELECT CONSTRAINTID, TABLEID FROM SYS.SYSCONSTRAINTS")) {
            while (rows.next()) {
                tableOf.put(rows.getString(1), rows.getString(2));
            }
        }
        String query = "SELECT CONSTRAINTID, KEYCONSTRAINTID FROM SYS.SYSFOREIGNKEYS";
        try (ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                List<String> child = tables.get(tableOf.get(rows.getString(1)));
                List<String> parent = tables.get(tableOf.get(rows.getString(2)));
                parents.computeIfAbsent(child, any -> new LinkedHashSet<>()).add(parent);
            }
        }
    }
}
