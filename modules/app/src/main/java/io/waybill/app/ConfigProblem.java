package io.waybill.app;

/**
 * What is wrong with one key of the configuration.
 *
 * @param key the whole key, or empty for the file itself
 * @param text what is wrong and what would be right; never a value that may be secret
 */
public record ConfigProblem(String key, String text) {
  @Override
  public String toString() {
    return (key.isEmpty() ? "it" : key) + " " + text;
  }
}
