package io.waybill.checker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Histories as files of JSON lines, one object a line, in UTF-8; docs/checker.md has the fields.
 * Fields that are not known here are left alone, so that a writer may keep more than is judged.
 */
public final class HistoryFiles {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  private HistoryFiles() {}

  /**
   * Reads the histories of a run.
   *
   * @throws CheckerException when a file or one of its lines cannot be read
   */
  public static History read(List<Path> submitted, List<Path> received) {
    return new History(
        lines(submitted, HistoryFiles::submitted), lines(received, HistoryFiles::received));
  }

  private static <T> List<T> lines(List<Path> files, Function<Fields, T> reader) {
    List<T> all = new ArrayList<>();
    for (Path file : files) {
      try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
        String line;
        for (int number = 1; (line = in.readLine()) != null; number++) {
          if (!line.isBlank()) {
            all.add(read(file, number, line, reader));
          }
        }
      } catch (IOException e) {
        throw new CheckerException("history " + file + " cannot be read: " + e, e);
      }
    }
    return all;
  }

  private static <T> T read(Path file, int number, String line, Function<Fields, T> reader) {
    String where = file + ", line " + number;
    try {
      JsonNode json = MAPPER.readTree(line);
      if (json == null || !json.isObject()) {
        throw new CheckerException(where + ": must be one JSON object");
      }
      return reader.apply(new Fields(where, json));
    } catch (JsonProcessingException e) {
      throw new CheckerException(
          where + ": must be one JSON object; was the writer killed in the middle of it?", e);
    }
  }

  private static Submitted submitted(Fields line) {
    return new Submitted(
        line.text("deliveryId"),
        line.text("organizationId"),
        line.texts("destinationIds"),
        line.fate("fate"),
        line.time("at"),
        line.sha256("dataSha256"));
  }

  private static Received received(Fields line) {
    return new Received(
        line.text("webhookId"),
        line.text("deliveryId"),
        line.text("destinationId"),
        line.time("receivedAt"),
        line.present("answeredAt") ? Optional.of(line.time("answeredAt")) : Optional.empty(),
        line.status("status"),
        line.sha256("dataSha256"));
  }

  /** One line for a submitter's history, without its line end. */
  public static String line(Submitted request) {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("deliveryId", request.deliveryId());
    json.put("organizationId", request.organizationId());
    request.destinationIds().forEach(json.putArray("destinationIds")::add);
    json.put("fate", request.fate().word());
    json.put("at", request.at().toString());
    request.dataSha256().ifPresent(hash -> json.put("dataSha256", hash));
    return json.toString();
  }

  /** One line for a receiver's history, without its line end. */
  public static String line(Received request) {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("webhookId", request.webhookId());
    json.put("deliveryId", request.deliveryId());
    json.put("destinationId", request.destinationId());
    json.put("receivedAt", request.receivedAt().toString());
    request.answeredAt().ifPresent(at -> json.put("answeredAt", at.toString()));
    request.status().ifPresent(status -> json.put("status", status));
    request.dataSha256().ifPresent(hash -> json.put("dataSha256", hash));
    return json.toString();
  }

  /** The fields of one line, and its place for messages. */
  private record Fields(String where, JsonNode json) {

    boolean present(String name) {
      return json.hasNonNull(name);
    }

    String text(String name) {
      JsonNode value = json.path(name);
      if (!value.isTextual()) {
        throw wrong(name, "must be a string");
      }
      return value.textValue();
    }

    List<String> texts(String name) {
      JsonNode values = json.path(name);
      List<String> texts = new ArrayList<>();
      for (JsonNode value : values) {
        if (!value.isTextual()) {
          throw wrong(name, "must hold strings");
        }
        texts.add(value.textValue());
      }
      if (!values.isArray() || texts.isEmpty()) {
        throw wrong(name, "must be an array of one or more destination ids");
      }
      return texts;
    }

    Submitted.Fate fate(String name) {
      String word = text(name);
      for (Submitted.Fate fate : Submitted.Fate.values()) {
        if (fate.word().equals(word)) {
          return fate;
        }
      }
      throw wrong(name, "must be acknowledged, unknown or failed");
    }

    Instant time(String name) {
      try {
        return Instant.parse(text(name));
      } catch (DateTimeException e) {
        throw wrong(name, "must be a time such as 2026-01-31T08:00:00.123Z");
      }
    }

    /** A word or a broken number must not pass for "no answer". */
    OptionalInt status(String name) {
      if (!present(name)) {
        return OptionalInt.empty();
      }
      JsonNode value = json.path(name);
      if (!value.isInt() || value.intValue() < 100 || value.intValue() > 999) {
        throw wrong(name, "must be a status of three digits, or null when nothing was answered");
      }
      return OptionalInt.of(value.intValue());
    }

    Optional<String> sha256(String name) {
      if (!present(name)) {
        return Optional.empty();
      }
      String hash = text(name);
      if (!SHA256.matcher(hash).matches()) {
        throw wrong(name, "must be 64 lower-case hexadecimal digits");
      }
      return Optional.of(hash);
    }

    private CheckerException wrong(String name, String message) {
      return new CheckerException(where + ": " + name + " " + message);
    }
  }
}
