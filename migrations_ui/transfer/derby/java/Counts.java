import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The exact number of rows of many tables; some of them a statement, because Derby compiles each. */
final class Counts {
    private static final int TABLES_A_STATEMENT = 20;

    private Counts() {}

    static long[] of(Connection connection, List<List<String>> tables) throws SQLException {
        long[] counts = new long[tables.size()];
        try (Statement statement = connection.createStatement()) {
            for (int first = 0; first < counts.length; first += TABLES_A_STATEMENT) {
                int end = Math.min(first + TABLES_A_STATEMENT, counts.length);
                String query = IntStream.range(first, end)
                        .mapToObj(index -> "SELECT " + index + ", COUNT(*) FROM "
                                + Catalog.quote(tables.get(index).get(0), tables.get(index).get(1)))
                        .collect(Collectors.joining(" UNION ALL "));
                try (ResultSet rows = statement.executeQuery(query)) {
                    while (rows.next()) {
                        counts[rows.getInt(1)] = rows.getLong(2);
                    }
                }
            }
        }
        return counts;
    }
}
