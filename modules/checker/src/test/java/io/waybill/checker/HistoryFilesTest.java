package io.waybill.checker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HistoryFilesTest {
  @TempDir private Path folder;

  @Test
  void readsWhatItWrites() throws IOException {
    Run run = Run.good();
    Received unanswered =
        new Received(
            "id",
            Run.PLAIN,
            Run.NORTH,
            run.submitted.getFirst().at(),
            Optional.empty(),
            OptionalInt.empty(),
            Optional.empty());
    run.received.add(unanswered);
    Path submitted = folder.resolve("submitted.jsonl");
    Path first = folder.resolve("first.jsonl");
    Path second = folder.resolve("second.jsonl");
    Files.write(submitted, run.submitted.stream().map(HistoryFiles::line).toList());
    Files.write(first, run.received.subList(0, 3).stream().map(HistoryFiles::line).toList());
    Files.write(
        second,
        run.received.subList(3, run.received.size()).stream().map(HistoryFiles::line).toList());

    assertThat(HistoryFiles.read(List.of(submitted), List.of(first, second)))
        .isEqualTo(run.history());
  }

  @Test
  void leavesFurtherFieldsAlone() throws IOException {
    Path file = folder.resolve("received.jsonl");
    Files.writeString(
        file,
        """
        {"webhookId":"id","deliveryId":"A","destinationId":"n","receivedAt":"2026-01-31T08:00:00Z",\
        "status":null,"path":"/hook"}

        """);

    assertThat(HistoryFiles.read(List.of(), List.of(file)).received())
        .singleElement()
        .satisfies(one -> {
          assertThat(one.deliveryId()).as("ids are lower case").isEqualTo("a");
          assertThat(one.status()).isEmpty();
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"deliveryId\":\"a\"                                    | must be one JSON object",
        "[]                                                       | must be one JSON object",
        "{\"webhookId\":7}                                        | webhookId must be a string",
        "{\"webhookId\":\"i\",\"deliveryId\":\"a\",\"destinationId\":\"n\",\"receivedAt\":\"noon\"}"
            + " | receivedAt must be a time",
        "{\"webhookId\":\"i\",\"deliveryId\":\"a\",\"destinationId\":\"n\","
            + "\"receivedAt\":\"2026-01-31T08:00:00Z\",\"status\":\"ok\"}"
            + " | status must be a status of three digits",
      })
  void saysWhereALineIsWrong(String line, String problem) throws IOException {
    Path file = folder.resolve("received.jsonl");
    Files.writeString(file, "\n" + line + "\n");

    assertThatThrownBy(() -> HistoryFiles.read(List.of(), List.of(file)))
        .isInstanceOf(CheckerException.class)
        .hasMessageContaining("received.jsonl, line 2")
        .hasMessageContaining(problem);
  }

  @Test
  void aFateMustBeOneOfThree() throws IOException {
    Path file = folder.resolve("submitted.jsonl");
    Files.writeString(
        file,
        "{\"deliveryId\":\"a\",\"organizationId\":\"o\",\"destinationIds\":[\"n\"],"
            + "\"fate\":\"acked\",\"at\":\"2026-01-31T08:00:00Z\"}");

    assertThatThrownBy(() -> HistoryFiles.read(List.of(file), List.of()))
        .hasMessageContaining("fate must be acknowledged, unknown or failed");
  }

  @Test
  void aMissingFileIsNamed() {
    Path file = folder.resolve("nowhere.jsonl");

    assertThatThrownBy(() -> HistoryFiles.read(List.of(file), List.of()))
        .isInstanceOf(CheckerException.class)
        .hasMessageContaining("nowhere.jsonl");
  }
}
