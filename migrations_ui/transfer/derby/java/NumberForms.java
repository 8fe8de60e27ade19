import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** Whole numbers, truth values and floating point. */
final class NumberForms {
    private NumberForms() {}

    static final class Whole extends ColumnForm {
        private final int width;
        private final long smallest;
        private final long largest;
        private final String refusal;

        private Whole(boolean required, int width, long smallest, long largest, String refusal) {
            super(required);
            this.width = width;
            this.smallest = smallest;
            this.largest = largest;
            this.refusal = refusal;
        }

        /** Bounds are the smallest and the largest value; without them those of the width. */
        static Whole within(boolean required, int width, List<String> bounds) {
            if (bounds.isEmpty()) {
                long largest = width == 8 ? Long.MAX_VALUE : (1L << 8 * width - 1) - 1;
                String refusal = "out of the range of a " + width + "-byte integer";
                return new Whole(required, width, -largest - 1, largest, refusal);
            }
            String refusal = "out of the range " + bounds.get(0) + " to " + bounds.get(1) + " of the target column";
            return new Whole(
                    required, width, Long.parseLong(bounds.get(0)), Long.parseLong(bounds.get(1)), refusal);
        }

        @Override
        boolean write(ResultSet row, int column, RowBuffer target) throws SQLException {
            long value = row.getLong(column);
            if (row.wasNull()) {
                return false;
            }
            if (value > largest || value < smallest) {
                throw new Rejection(refusal);
            }
            put(value, target);
            return true;
        }

        private void put(long value, RowBuffer target) {
            target.putInt(width);
            switch (width) {
                case 2 -> target.putShort((int) value);
                case 4 -> target.putInt((int) value);
                default -> target.putLong(value);
            }
        }

        @Override
        void print(byte[] bytes, int from, int count, RowBuffer target) {
            Ascii.put(
                    switch (width) {
                        case 2 -> Longs.getShort(bytes, from);
                        case 4 -> Longs.getInt(bytes, from);
                        default -> Longs.getBig(bytes, from);
                    },
                    target);
        }

        @Override
        void parse(byte[] text, int from, int count, RowBuffer target) {
            put(Ascii.whole(text, from, count), target);
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
                throw new Rejection("neither 0 nor 1, the target column holds true or false");
            }
            put(value, target);
            return true;
        }

        private static void put(long value, RowBuffer target) {
            target.putInt(1);
            target.putByte((int) value);
        }

        @Override
        void print(byte[] bytes, int from, int count, RowBuffer target) {
            Ascii.put(bytes[from], target);
        }

        @Override
        void parse(byte[] text, int from, int count, RowBuffer target) {
            put(Ascii.whole(text, from, count), target);
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
                throw new Rejection("loses digits in single precision");
            }
            put((float) value, target);
            return true;
        }

        private static void put(float value, RowBuffer target) {
            target.putInt(4);
            target.putInt(Float.floatToIntBits(value));
        }

        /** With the digits of a double: a server that reads it as one rounds only once. */
        @Override
        void print(byte[] bytes, int from, int count, RowBuffer target) {
            double value = Float.intBitsToFloat(Longs.getInt(bytes, from));
            Ascii.put(java.lang.Double.toString(value), target);
        }

        @Override
        void parse(byte[] text, int from, int count, RowBuffer target) {
            put((float) java.lang.Double.parseDouble(Ascii.text(text, from, count)), target);
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
            put(value, target);
            return true;
        }

        private static void put(double value, RowBuffer target) {
            target.putInt(8);
            target.putLong(java.lang.Double.doubleToLongBits(value));
        }

        @Override
        void print(byte[] bytes, int from, int count, RowBuffer target) {
            double value = java.lang.Double.longBitsToDouble(Longs.getBig(bytes, from));
            Ascii.put(java.lang.Double.toString(value), target);
        }

        @Override
        void parse(byte[] text, int from, int count, RowBuffer target) {
            put(java.lang.Double.parseDouble(Ascii.text(text, from, count)), target);
        }
    }
}
