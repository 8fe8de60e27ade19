import java.util.Arrays;
import java.util.List;

/**
 * The name of a form, in its parts: {@code kind[:argument…][~loss=treatment…][!]}.
 *
 * <p>The arguments describe the target's column, {@link Losses} what becomes of what it cannot
 * keep; the mark says that it refuses null.
 */
record FormName(String kind, List<String> arguments, Losses losses, boolean required) {
    static FormName parse(String form) {
        boolean required = form.endsWith("!");
        List<String> words = Arrays.asList((required ? form.substring(0, form.length() - 1) : form).split("~"));
        List<String> parts = Arrays.asList(words.get(0).split(":"));
        return new FormName(
                parts.get(0),
                parts.subList(1, parts.size()),
                Losses.of(words.subList(1, words.size())),
                required);
    }

    FormName with(Losses others) {
        return new FormName(kind, arguments, others, required);
    }

    /** The first argument; {@code otherwise} without any. */
    long limit(long otherwise) {
        return arguments.isEmpty() ? otherwise : Long.parseLong(arguments.get(0));
    }
}
