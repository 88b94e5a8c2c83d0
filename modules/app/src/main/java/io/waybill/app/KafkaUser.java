package io.waybill.app;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Who logs in to Kafka: the processes of a role, and those who work with them. */
sealed interface KafkaUser {
  /** The word on the command line, and the end of the usual principal. */
  String word();

  /** The processes of one role. */
  record Running(Role role) implements KafkaUser {
    @Override
    public String word() {
      return role.word();
    }
  }

  /** Everybody else. */
  enum Other implements KafkaUser {
    /** An application that publishes requests. */
    PUBLISHER,
    /** An application that follows what becomes of them. */
    FOLLOWER,
    /** A person at the command line. */
    OPERATOR,
    /** Whoever runs {@code waybill topics apply}. */
    INSTALLER;

    @Override
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** All of them, roles first. */
  static List<KafkaUser> all() {
    return Stream.concat(
            Arrays.stream(Role.values()).map(Running::new), Arrays.stream(Other.values()))
        .toList();
  }

  /**
   * Reads {@link #word()}.
   *
   * @throws IllegalArgumentException naming the words that there are
   */
  static KafkaUser parse(String word) {
    return all().stream()
        .filter(user -> user.word().equals(word))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "'"
                    + word
                    + "' is neither a role nor another user of Kafka; there are "
                    + all().stream().map(KafkaUser::word).collect(Collectors.joining(", "))));
  }
}
