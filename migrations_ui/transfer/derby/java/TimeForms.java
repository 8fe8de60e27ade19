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
 * Dates and times. Derby keeps fields, not instants; they are read as UTC, and nanoseconds are cut
 * to PostgreSQL's microseconds.
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

    private TimeForms() {}

    private static Calendar utc() {
        return Calendar.getInstance(TimeZone.getTimeZone("UTC"));
    }

    static final class Day extends ColumnForm {
        private final Calendar calendar = utc();

        Day(boolean required) {
            super(required);
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

        Instant(boolean required) {
            super(required);
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
            target.putInt(8);
            target.putLong((seconds - EPOCH_2000_SECONDS) * 1_000_000 + value.getNanos() / 1000);
            return true;
        }
    }
}
