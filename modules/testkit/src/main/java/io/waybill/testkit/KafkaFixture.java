package io.waybill.testkit;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A Kafka for tests, one per JVM: tests share it and keep apart by unique topic names ({@link
 * TestTopics#uniqueName}).
 *
 * <p>System property {@code kafka.fixture} chooses: {@code docker} (the real image), {@code
 * embedded} (the broker in this JVM), {@code process} (the broker as a child JVM), or {@code auto},
 * the default: a container where Docker answers, else embedded. The choice is printed once, so that
 * a run without Docker is visible as such.
 */
public interface KafkaFixture extends AutoCloseable {

  /** Where clients connect. */
  String bootstrapServers();

  /** Where the broker keeps its logs, when that is a folder of this machine. */
  default Optional<Path> dataFolder() {
    return Optional.empty();
  }

  /** Ends it at once; the shared one ends with the JVM and ignores this. */
  @Override
  void close();

  /**
   * The fixture of this JVM, started at the first call. Safe to call from any thread.
   *
   * @throws IllegalStateException when the chosen kind is unknown or cannot start
   */
  static KafkaFixture shared() {
    return SharedFixture.get();
  }
}
