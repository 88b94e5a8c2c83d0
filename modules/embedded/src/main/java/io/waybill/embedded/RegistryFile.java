package io.waybill.embedded;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The registry's state as one JSON file, replaced whole at each change. For one writer. */
final class RegistryFile {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int FORMAT = 1;

  private final Path file;

  RegistryFile(Path file) {
    this.file = file;
  }

  /**
   * The state as last saved; empty when nothing was.
   *
   * @throws IllegalStateException when the file is damaged. Starting empty would give ids anew that
   *     records already carry for other schemas
   */
  RegistryState load() {
    if (!Files.exists(file)) {
      return RegistryState.empty();
    }
    try {
      return read(JSON.readTree(file.toFile()));
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalStateException(
          "The schema registry's file "
              + file
              + " cannot be read ("
              + e.getMessage()
              + "). Restore it from a backup, or choose another data folder.",
          e);
    }
  }

  /** Saves so that a crash leaves the old state or the new one, and a power cut the new one. */
  void save(RegistryState state) {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    try {
      Files.createDirectories(file.getParent());
      try (FileChannel channel = FileChannel.open(next, CREATE, WRITE, TRUNCATE_EXISTING)) {
        ByteBuffer bytes =
            ByteBuffer.wrap(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(write(state)));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(next, file, ATOMIC_MOVE);
      forceFolder();
    } catch (IOException e) {
      throw new UncheckedIOException("The schema registry cannot write " + file, e);
    }
  }

  private void forceFolder() {
    try (FileChannel folder = FileChannel.open(file.getParent(), READ)) {
      folder.force(true);
    } catch (IOException e) {
      // Not every system opens folders; there the rename is as durable as the system makes it.
    }
  }

  private static ObjectNode write(RegistryState state) {
    ObjectNode root = JSON.createObjectNode();
    root.put("format", FORMAT);
    root.put("lastId", state.lastId());
    root.put("compatibility", state.level().name());
    ObjectNode levels = root.putObject("subjectCompatibility");
    state.levels().forEach((subject, level) -> levels.put(subject, level.name()));
    ObjectNode schemas = root.putObject("schemas");
    state.schemas().forEach((id, schema) -> schemas.put(Integer.toString(id), schema));
    ObjectNode subjects = root.putObject("subjects");
    state
        .subjects()
        .forEach((subject, versions) -> {
          ArrayNode list = subjects.putArray(subject);
          versions.forEach(
              version -> list.addObject().put("version", version.number()).put("id", version.id()));
        });
    return root;
  }

  private static RegistryState read(JsonNode root) {
    if (root.required("format").asInt() != FORMAT) {
      throw new IllegalArgumentException("format is not " + FORMAT);
    }
    SortedMap<Integer, String> schemas = new TreeMap<>();
    root.required("schemas")
        .properties()
        .forEach(
            schema -> schemas.put(Integer.valueOf(schema.getKey()), schema.getValue().asText()));
    SortedMap<String, List<RegistryState.Version>> subjects = new TreeMap<>();
    root.required("subjects")
        .properties()
        .forEach(subject -> subjects.put(subject.getKey(), versions(subject.getValue())));
    SortedMap<String, CompatibilityLevel> levels = new TreeMap<>();
    root.required("subjectCompatibility")
        .properties()
        .forEach(level ->
            levels.put(level.getKey(), CompatibilityLevel.valueOf(level.getValue().asText())));
    return new RegistryState(
        root.required("lastId").asInt(),
        schemas,
        subjects,
        CompatibilityLevel.valueOf(root.required("compatibility").asText()),
        levels);
  }

  private static List<RegistryState.Version> versions(JsonNode list) {
    List<RegistryState.Version> versions = new ArrayList<>();
    list.forEach(version ->
        versions.add(
            new RegistryState.Version(
                version.required("version").asInt(), version.required("id").asInt())));
    return List.copyOf(versions);
  }
}
