package io.waybill.app;

import io.waybill.secrets.PrivateFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts values in the place of {@code ${env:NAME}} and {@code ${file:PATH}} in the operator's
 * configuration, so that passwords need not stand in it. Nowhere else are references resolved.
 *
 * @param folder relative paths start here
 * @param environment the process's variables
 */
record ConfigReferences(Path folder, Map<String, String> environment) {
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{(env|file):([^}]*)}");
  private static final long MAX_BYTES = 64 * 1024;

  /**
   * The text with every reference resolved.
   *
   * @throws IllegalArgumentException saying what cannot be resolved, never a value
   */
  String resolve(String text) {
    Matcher matcher = REFERENCE.matcher(text);
    StringBuilder resolved = new StringBuilder();
    while (matcher.find()) {
      String name = matcher.group(2);
      String value = matcher.group(1).equals("env") ? variable(name) : content(name);
      matcher.appendReplacement(resolved, Matcher.quoteReplacement(value));
    }
    return matcher.appendTail(resolved).toString();
  }

  private String variable(String name) {
    String value = environment.get(name);
    if (value == null || value.isEmpty()) {
      throw new IllegalArgumentException(
          "refers to the environment variable " + name + ", which is not set: set it");
    }
    return value;
  }

  /** Without the line end that editors put behind the last line. */
  private String content(String name) {
    Path file = folder.resolve(name);
    try {
      Optional<String> problem = PrivateFile.problem(file, "refers to a file:");
      if (problem.isPresent()) {
        throw new IllegalArgumentException(problem.get());
      }
      if (Files.size(file) > MAX_BYTES) {
        throw new IllegalArgumentException("refers to " + file + ", which is larger than 64 KiB");
      }
      return Files.readString(file, StandardCharsets.UTF_8).stripTrailing();
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "refers to the file " + file + ", which cannot be read as text");
    }
  }
}
