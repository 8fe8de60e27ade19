import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.sql.ResultSet;
import java.sql.SQLException;

/** PostgreSQL's numeric: base-10000 digits, stripped of zeros at both ends, and a display scale. */
final class NumericForm extends ColumnForm {
    private static final BigInteger BASE = BigInteger.valueOf(10_000);
    private static final int MOST_DIGITS = 64;
    private final int precision;
    private final int scale;
    private final int[] digits = new int[MOST_DIGITS];

    /** Any precision and scale: the value keeps its own. */
    NumericForm(boolean required) {
        this(required, -1, -1);
    }

    NumericForm(boolean required, int precision, int scale) {
        super(required);
        this.precision = precision;
        this.scale = scale;
    }

    @Override
    boolean write(ResultSet row, int column, RowBuffer target) throws SQLException {
        BigDecimal value = row.getBigDecimal(column);
        if (value == null) {
            return false;
        }
        put(fit(value), target);
        return true;
    }

    private void put(BigDecimal value, RowBuffer target) {
        int fractionPadding = (4 - value.scale() % 4) % 4;
        int fractionGroups = (value.scale() + fractionPadding) / 4;
        int count = split(value.unscaledValue().abs().multiply(BigInteger.TEN.pow(fractionPadding)));
        int lowest = 0;
        while (lowest < count && digits[lowest] == 0) {
            lowest++;
        }
        int kept = count - lowest;
        target.putInt(8 + 2 * kept);
        target.putShort(kept);
        target.putShort(kept == 0 ? 0 : count - fractionGroups - 1);
        target.putShort(value.signum() < 0 ? 0x4000 : 0);
        target.putShort(value.scale());
        for (int i = count - 1; i >= lowest; i--) {
            target.putShort(digits[i]);
        }
    }

    @Override
    void print(byte[] bytes, int from, int count, RowBuffer target) {
        int groups = Longs.getShort(bytes, from);
        int weight = Longs.getShort(bytes, from + 2);
        int places = Longs.getShort(bytes, from + 6);
        if (Longs.getShort(bytes, from + 4) != 0) {
            target.putByte('-');
        }
        int first = from + 8;
        Ascii.put(weight < 0 || groups == 0 ? 0 : Longs.getShort(bytes, first), target);
        for (int group = 1; group <= weight; group++) {
            Ascii.putPadded(group < groups ? Longs.getShort(bytes, first + 2 * group) : 0, 4, target);
        }
        if (places == 0) {
            return;
        }
        target.putByte('.');
        int end = target.length() + places;
        for (int group = weight + 1; target.length() < end; group++) {
            boolean there = group >= 0 && group < groups;
            Ascii.putPadded(there ? Longs.getShort(bytes, first + 2 * group) : 0, 4, target);
        }
        target.truncate(end);
    }

    @Override
    void parse(byte[] text, int from, int count, RowBuffer target) {
        put(new BigDecimal(Ascii.text(text, from, count)), target);
    }

    private BigDecimal fit(BigDecimal value) {
        if (precision < 0) {
            return value.scale() < 0 ? value.setScale(0) : value;
        }
        BigDecimal fitted = value.setScale(scale, RoundingMode.DOWN);
        if (fitted.compareTo(value) != 0) {
            throw new Rejection("more than the " + scale + " decimal places of the target column");
        }
        if (fitted.precision() > precision) {
            throw new Rejection("more than the " + precision + " digits of the target column");
        }
        return fitted;
    }

    /** Fills {@link #digits}, lowest first, and returns how many there are without leading zeros. */
    private int split(BigInteger unscaled) {
        int count = 0;
        BigInteger rest = unscaled;
        while (rest.bitLength() > 63) {
            BigInteger[] parts = rest.divideAndRemainder(BASE);
            digits[count++] = parts[1].intValue();
            rest = parts[0];
        }
        for (long small = rest.longValue(); small != 0; small /= 10_000) {
            digits[count++] = (int) (small % 10_000);
        }
        return count;
    }
}
