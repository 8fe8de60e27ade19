import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What becomes of values that would lose something: for each kind of loss "convert" or "reject".
 *
 * <p>A kind that is not named follows the form's own rule. Beside them {@code charset=NAME} limits the
 * characters that the target can hold.
 */
final class Losses {
    private final Map<String, String> treatments = new HashMap<>();

    /** Words of a kind and its treatment: {@code nul=convert}. */
    static Losses of(List<String> words) {
        Losses losses = new Losses();
        for (String word : words) {
            String[] pair = word.split("=", 2);
            losses.treatments.put(pair[0], pair[1]);
        }
        return losses;
    }

    boolean convert(String kind) {
        return "convert".equals(treatments.get(kind));
    }

    Repertoire repertoire() {
        return Repertoire.of(treatments.get("charset"));
    }

    boolean reject(String kind) {
        return "reject".equals(treatments.get(kind));
    }
}
