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
        value = fit(value);
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
        return true;
    }

    private BigDecimal fit(BigDecimal value) {
        if (precision < 0) {
            return value.scale() < 0 ? value.setScale(0) : value;
        }
        BigDecimal fitted = value.setScale(scale, RoundingMode.DOWN);
        if (fitted.compareTo(value) != 0) {
            throw new Rejection("scale", "more than the " + scale + " decimal places of the target column");
        }
        if (fitted.precision() > precision) {
            throw new Rejection("range", "more than the " + precision + " digits of the target column");
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
