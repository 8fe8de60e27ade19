import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Numbers and times: written as they would be copied, to see whether they can be. */
final class FormGauge extends Gauge {
    private static final int ROOM = 256;
    private final ColumnForm form;
    private final RowBuffer scratch = new RowBuffer(ROOM);

    FormGauge(String name, boolean required, ColumnForm form) {
        super(name, required);
        this.form = form;
    }

    @Override
    long look(ResultSet row, int column) throws SQLException, IOException {
        scratch.clear();
        try {
            if (!form.write(row, column, scratch)) {
                return -1;
            }
        } catch (Rejection rejection) {
            count(rejection.kind());
        }
        // A value that was refused is no part of a row that goes along; its few bytes do not matter.
        return scratch.length();
    }
}
