import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Asks Derby whether each table agrees with all of its indexes, and counts the rows of the table
 * itself.
 *
 * <p>Answers with a JSON frame a table: {"rows": n, "problem": …}. The problem is Derby's sentence,
 * empty for a sound table; "allowed": false says that only the database's owner may have it checked.
 */
final class Check {
    private static final String CHECK = "VALUES SYSCS_UTIL.SYSCS_CHECK_TABLE(?, ?)";

    private final List<List<String>> tables;

    Check(List<List<String>> tables) {
        this.tables = tables;
    }

    void send(Connection connection, FrameWriter frames) throws SQLException, IOException {
        for (List<String> table : tables) {
            frames.json(check(connection, table.get(0), table.get(1)));
        }
    }

    private static Json check(Connection connection, String schema, String table) {
        long rows = -1;
        String problem = "";
        boolean allowed = true;
        try {
            rows = count(connection, schema, table);
            checkIndexes(connection, schema, table);
        } catch (SQLException error) {
            allowed = !Problem.of(error).code().equals("denied");
            problem = allowed ? Problem.of(error).message() : "";
        }
        return new Json().put("rows", rows).put("problem", problem).put("allowed", allowed);
    }

    private static void checkIndexes(Connection connection, String schema, String table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(CHECK)) {
            statement.setString(1, schema);
            statement.setString(2, table);
            try (ResultSet result = statement.executeQuery()) {
                result.next();
            }
        }
    }

    /** Of the table itself: without the override an index may be counted instead. */
    private static long count(Connection connection, String schema, String table) throws SQLException {
        String query = "SELECT COUNT(*) FROM " + Catalog.quote(schema, table) + " --DERBY-PROPERTIES index=null\n";
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            result.next();
            return result.getLong(1);
        }
    }
}
