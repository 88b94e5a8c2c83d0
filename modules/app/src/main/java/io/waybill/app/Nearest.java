package io.waybill.app;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the word that somebody may have meant. */
final class Nearest {
  private static final int LETTERS_CHANGED_OVER = 2;

  private Nearest() {}

  /** The word that differs in a third of the letters at most, or two, whatever their case. */
  static Optional<String> to(String written, Collection<String> words) {
    int most = Math.max(LETTERS_CHANGED_OVER, written.length() / 3);
    return within(most, written, words);
  }

  /** The word that differs in so many letters at most. */
  static Optional<String> within(int most, String written, Collection<String> words) {
    String lower = written.toLowerCase(Locale.ROOT);
    return words.stream()
        .filter(word -> Math.abs(word.length() - written.length()) <= most)
        .filter(word -> distance(lower, word.toLowerCase(Locale.ROOT)) <= most)
        .min(
            Comparator.comparingInt((String word) -> distance(lower, word.toLowerCase(Locale.ROOT)))
                .thenComparing(Comparator.naturalOrder()));
  }

  /** {@code ; did you mean 'word'?}, or nothing. */
  static String hint(String written, Collection<String> words) {
    return to(written, words).map(word -> "; did you mean " + word + "?").orElse("");
  }

  /** How many letters must be put in, left out or changed: Levenshtein. */
  private static int distance(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int j = 0; j <= other.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        int change = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[other.length()];
  }
}
