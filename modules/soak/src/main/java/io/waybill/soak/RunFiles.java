package io.waybill.soak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The files of one run, all in its folder: what {@link Judge} needs, and nothing else. */
record RunFiles(Path folder) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** What was asked for, and when what happened. */
  Path run() {
    return folder.resolve("run.json");
  }

  /** One line for each fault, written when it is over. */
  Path faults() {
    return folder.resolve("faults.jsonl");
  }

  Path submitted() {
    return folder.resolve("submitted.jsonl");
  }

  /** One file for each kind of receiver. */
  List<Path> received() {
    return List.of(received("http"), received("smtp"), received("s3"));
  }

  Path received(String protocol) {
    return folder.resolve("received-" + protocol + ".jsonl");
  }

  /** How long a reader of committed records was held back; last, how many records it has read. */
  Path stalls() {
    return folder.resolve("stalls.jsonl");
  }

  /** The machine's load average now and then. */
  Path machine() {
    return folder.resolve("machine.jsonl");
  }

  /** What the processes wrote to their standard output and error. */
  Path logs() {
    return folder.resolve("logs");
  }

  Path brokers() {
    return folder.resolve("brokers");
  }

  Path registry() {
    return folder.resolve("registry");
  }

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  static JsonNode readJson(Path file) {
    try {
      return MAPPER.readTree(Files.readString(file));
    } catch (IOException e) {
      throw new SoakException(file + " cannot be read; is it the folder of a run? " + e, e);
    }
  }

  static void writeJson(Path file, JsonNode json) {
    try {
      Path parent = file.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.writeString(
          file, MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
    }
  }

  /** Reads a file of JSON lines; empty when there is none. */
  static <T> List<T> read(Path file, Function<JsonNode, T> reader) {
    List<T> all = new ArrayList<>();
    if (!Files.exists(file)) {
      return all;
    }
    try (BufferedReader in = Files.newBufferedReader(file)) {
      String line;
      while ((line = in.readLine()) != null) {
        all.add(reader.apply(MAPPER.readTree(line)));
      }
      return all;
    } catch (IOException e) {
      throw new SoakException(file + " cannot be read: " + e, e);
    }
  }

  /** Appends lines, each at once. Safe to use from any thread. */
  static final class Lines implements AutoCloseable {
    private final BufferedWriter out;

    Lines(Path file) {
      try {
        out =
            Files.newBufferedWriter(
                file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException(file + " cannot be written", e);
      }
    }

    synchronized void add(String line) {
      try {
        out.write(line);
        out.newLine();
        out.flush();
      } catch (IOException e) {
        throw new UncheckedIOException("a history cannot be written", e);
      }
    }

    @Override
    public synchronized void close() {
      try {
        out.close();
      } catch (IOException e) {
        throw new UncheckedIOException("a history cannot be written", e);
      }
    }
  }
}
