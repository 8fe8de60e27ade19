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
import java.util.List;
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

    private static final long DAY_MICROS = 86_400_000_000L;
    private static final int DAY_LENGTH = "2000-01-01".length();
    private static final int ERA_DAYS = 146_097;

    private TimeForms() {}

    /** YYYY-MM-DD in the proleptic Gregorian calendar, counted in eras of 400 years from March. */
    private static void printDay(long epochDay, RowBuffer target) {
        long day = epochDay + 719_468;
        long era = Math.floorDiv(day, ERA_DAYS);
        int ofEra = (int) (day - era * ERA_DAYS);
        int yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365;
        int ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        int fromMarch = (5 * ofYear + 2) / 153;
        int month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
        int year = (int) (yearOfEra + 400 * era) + (month <= 2 ? 1 : 0);
        Ascii.putPadded(year, 4, target);
        target.putByte('-');
        Ascii.putPadded(month, 2, target);
        target.putByte('-');
        Ascii.putPadded(ofYear - (153 * fromMarch + 2) / 5 + 1, 2, target);
    }

    /** The opposite. Also takes a month or a day of 0, which some servers hold. */
    private static long parseDay(byte[] text, int from) {
        int month = (int) Ascii.whole(text, from + 5, 2);
        long year = Ascii.whole(text, from, 4) - (month <= 2 ? 1 : 0);
        long era = Math.floorDiv(year, 400L);
        long ofEra = year - 400 * era;
        long ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + Ascii.whole(text, from + 8, 2) - 1;
        return era * ERA_DAYS + 365 * ofEra + ofEra / 4 - ofEra / 100 + ofYear - 719_468;
    }

    /** HH:MM:SS, and as many of six places as say something. */
    private static void printClock(long micros, RowBuffer target) {
        int seconds = (int) (micros / 1_000_000);
        Ascii.putPadded(seconds / 3600, 2, target);
        target.putByte(':');
        Ascii.putPadded(seconds / 60 % 60, 2, target);
        target.putByte(':');
        Ascii.putPadded(seconds % 60, 2, target);
        int fraction = (int) (micros % 1_000_000);
        if (fraction == 0) {
            return;
        }
        target.putByte('.');
        Ascii.putPadded(fraction, 6, target);
        int end = target.length();
        while (target.bytes()[end - 1] == '0') {
            end--;
        }
        target.truncate(end);
    }

    /** The opposite, for any number of hours and either sign. Nothing at all is midnight. */
    private static long parseClock(byte[] text, int from, int end) {
        boolean negative = from < end && text[from] == '-';
        int point = from;
        long[] parts = {0, 0, 0};
        int part = 0;
        for (int at = negative ? from + 1 : from; at < end && part < 3; part++) {
            int stop = at;
            while (stop < end && text[stop] >= '0' && text[stop] <= '9') {
                stop++;
            }
            parts[part] = Ascii.whole(text, at, stop - at);
            point = stop;
            at = stop + 1;
        }
        long fraction = 0;
        for (int place = 1; place <= 6; place++) {
            fraction = 10 * fraction + (point + place < end ? text[point + place] - '0' : 0);
        }
        long micros = ((parts[0] * 60 + parts[1]) * 60 + parts[2]) * 1_000_000 + fraction;
        return negative ? -micros : micros;
    }

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
            put(days, target);
            return true;
        }

        private static void put(long days, RowBuffer target) {
            target.putInt(4);
            target.putInt((int) (days - EPOCH_2000_DAYS));
        }

        @Override
        void print(byte[] bytes, int from, int count, RowBuffer target) {
            printDay(Longs.getInt(bytes, from) + EPOCH_2000_DAYS, target);
        }

        @Override
        void parse(byte[] text, int from, int count, RowBuffer target) {
            put(parseDay(text, from), target);
        }

        @Override
        Spelling spelling() {
            return Spelling.QUOTED;
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

        @Override
        void print(byte[] bytes, int from, int count, RowBuffer target) {
            printClock(Longs.getBig(bytes, from), target);
        }

        @Override
        void parse(byte[] text, int from, int count, RowBuffer target) {
            target.putInt(8);
            target.putLong(parseClock(text, from, from + count));
        }

        @Override
        Spelling spelling() {
            return Spelling.QUOTED;
        }
    }

    /**
     * Arguments: how many places of a second the column holds; then {@code unix} for one that holds
     * only what a signed count of four bytes does, without its zero.
     */
    static final class Instant extends ColumnForm {
        private static final int PLACES = 6;
        private final Calendar calendar = utc();
        private final int places;
        private final int unit;
        private final boolean unix;

        Instant(boolean required, List<String> arguments) {
            super(required);
            this.places = arguments.isEmpty() ? PLACES : Integer.parseInt(arguments.get(0));
            int held = 1;
            for (int place = places; place < PLACES; place++) {
                held *= 10;
            }
            this.unit = held;
            this.unix = arguments.contains("unix");
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
            int micros = value.getNanos() / 1000;
            if (micros % unit != 0) {
                throw new Rejection("more than the " + places + " places of a second of the target column");
            }
            if (unix && (seconds < 1 || seconds > Integer.MAX_VALUE)) {
                throw new Rejection("outside the years 1970 to 2038 of the target column");
            }
            put((seconds - EPOCH_2000_SECONDS) * 1_000_000 + micros, target);
            return true;
        }

        private static void put(long micros, RowBuffer target) {
            target.putInt(8);
            target.putLong(micros);
        }

        @Override
        void print(byte[] bytes, int from, int count, RowBuffer target) {
            long micros = Longs.getBig(bytes, from);
            printDay(Math.floorDiv(micros, DAY_MICROS) + EPOCH_2000_DAYS, target);
            target.putByte(' ');
            printClock(Math.floorMod(micros, DAY_MICROS), target);
        }

        @Override
        void parse(byte[] text, int from, int count, RowBuffer target) {
            int end = from + count;
            long clock = parseClock(text, Math.min(end, from + DAY_LENGTH + 1), end);
            put((parseDay(text, from) - EPOCH_2000_DAYS) * DAY_MICROS + clock, target);
        }

        @Override
        Spelling spelling() {
            return Spelling.QUOTED;
        }
    }
}
