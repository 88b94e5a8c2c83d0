package io.waybill.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Temporary folders of what was started. */
final class Folders {
  private Folders() {}

  /** Deletes what can be deleted; a test's verdict does not hang on its rubbish. */
  static void delete(Path folder) {
    for (Path path : deepestFirst(folder)) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        // Another process still writes there, or the file is in use: left to the temp cleaner.
      }
    }
  }

  private static List<Path> deepestFirst(Path folder) {
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths.sorted(Comparator.reverseOrder()).toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException | UncheckedIOException e) {
      return List.of(folder);
    }
  }
}
