import java.sql.ResultSet;
import java.sql.SQLException;

/** Whole numbers, truth values and floating point. */
final class NumberForms {
    private NumberForms() {}

    static final class Whole extends ColumnForm {
        private final int width;
        private final long largest;

        Whole(boolean required, int width) {
            super(required);
            this.width = width;
            this.largest = width == 8 ? Long.MAX_VALUE : (1L << 8 * width - 1) - 1;
        }

        @Override
        boolean write(ResultSet row, int column, RowBuffer target) throws SQLException {
            long value = row.getLong(column);
            if (row.wasNull()) {
                return false;
            }
            if (value > largest || value < -largest - 1) {
                throw new Rejection("range", "out of the range of a " + width + "-byte integer");
            }
            target.putInt(width);
            switch (width) {
                case 2 -> target.putShort((int) value);
                case 4 -> target.putInt((int) value);
                default -> target.putLong(value);
            }
            return true;
        }
    }

    /** Also takes the numbers 0 and 1: databases older than Derby's BOOLEAN keep truth that way. */
    static final class Truth extends ColumnForm {
        Truth(boolean required) {
            super(required);
        }

        @Override
        boolean write(ResultSet row, int column, RowBuffer target) throws SQLException {
            long value = row.getLong(column);
            if (row.wasNull()) {
                return false;
            }
            if (value != 0 && value != 1) {
                throw new Rejection("truth", "neither 0 nor 1, the target column holds true or false");
            }
            target.putInt(1);
            target.putByte((int) value);
            return true;
        }
    }

    static final class Single extends ColumnForm {
        Single(boolean required) {
            super(required);
        }

        @Override
        boolean write(ResultSet row, int column, RowBuffer target) throws SQLException {
            double value = row.getDouble(column);
            if (row.wasNull()) {
                return false;
            }
            if ((float) value != value) {
                throw new Rejection("digits", "loses digits in single precision");
            }
            target.putInt(4);
            target.putInt(Float.floatToIntBits((float) value));
            return true;
        }
    }

    static final class Double extends ColumnForm {
        Double(boolean required) {
            super(required);
        }

        @Override
        boolean write(ResultSet row, int column, RowBuffer target) throws SQLException {
            double value = row.getDouble(column);
            if (row.wasNull()) {
                return false;
            }
            target.putInt(8);
            target.putLong(java.lang.Double.doubleToLongBits(value));
            return true;
        }
    }
}
