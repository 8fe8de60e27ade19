import java.sql.Date;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Calendar;
import java.util.TimeZone;

/**
 * Dates and times. Derby keeps fields, not instants; they are read as UTC. What is finer than the
 * target's precision, microseconds at most, is cut, or refused where the losses say so.
 *
 * <p>JDBC's classes count in the Julian calendar before 1582. Values before 1600 are therefore read
 * as text, which Derby writes from the stored fields.
 */
final class TimeForms {
    private static final long EPOCH_2000_DAYS = LocalDate.of(2000, 1, 1).toEpochDay();
    private static final long EPOCH_2000_SECONDS = EPOCH_2000_DAYS * 86_400;
    private static final long YEAR_1600_MILLIS = LocalDate.of(1600, 1, 1).toEpochDay() * 86_400_000L;
    private static final DateTimeFormatter DERBY_TEXT = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .toFormatter();

    static final int MICROSECONDS = 6;

    private TimeForms() {}

    private static Calendar utc() {
        return Calendar.getInstance(TimeZone.getTimeZone("UTC"));
    }

    static final class Day extends ColumnForm {
        private final Calendar calendar = utc();

        private final DayRange range;

        Day(boolean required, DayRange range) {
            super(required);
            this.range = range;
        }

        @Override
        boolean write(ResultSet row, int column, RowBuffer target) throws SQLException {
            Date value = row.getDate(column, calendar);
            if (value == null) {
                return false;
            }
            long days = value.getTime() >= YEAR_1600_MILLIS
                    ? Math.floorDiv(value.getTime(), 86_400_000L)
                    : LocalDate.parse(row.getString(column)).toEpochDay();
            range.require(days);
            target.putInt(4);
            target.putInt((int) (days - EPOCH_2000_DAYS));
            return true;
        }
    }

    static final class Clock extends ColumnForm {
        private final Calendar calendar = utc();

        Clock(boolean required) {
            super(required);
        }

        @Override
        boolean write(ResultSet row, int column, RowBuffer target) throws SQLException {
            Time value = row.getTime(column, calendar);
            if (value == null) {
                return false;
            }
            target.putInt(8);
            target.putLong(Math.floorMod(value.getTime(), 86_400_000L) * 1000);
            return true;
        }
    }

    static final class Instant extends ColumnForm {
        private final Calendar calendar = utc();

        private final int unit;
        private final DayRange range;
        private final boolean exact;

        /** A precision of so many decimal places of a second. */
        Instant(boolean required, int precision, DayRange range, Losses losses) {
            super(required);
            this.unit = (int) Math.pow(10, 9 - precision);
            this.range = range;
            this.exact = losses.reject("nanoseconds");
        }

        @Override
        boolean write(ResultSet row, int column, RowBuffer target) throws SQLException {
            Timestamp value = row.getTimestamp(column, calendar);
            if (value == null) {
                return false;
            }
            long seconds = Math.floorDiv(value.getTime(), 1000L);
            if (value.getTime() < YEAR_1600_MILLIS) {
                seconds = LocalDateTime.parse(row.getString(column), DERBY_TEXT).toEpochSecond(ZoneOffset.UTC);
            }
            range.require(Math.floorDiv(seconds, 86_400L));
            int beyond = value.getNanos() % unit;
            if (exact && beyond != 0) {
                throw new Rejection("nanoseconds", "a time finer than the target column keeps");
            }
            target.putInt(8);
            target.putLong((seconds - EPOCH_2000_SECONDS) * 1_000_000 + (value.getNanos() - beyond) / 1000);
            return true;
        }
    }
}
