package io.waybill.app;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.streams.StreamsConfig;

/**
 * What Kafka itself says about the properties of its clients: which there are, which are secret.
 */
final class KafkaKeys {
  private static final List<String> PREFIXES =
      List.of(
          "main.consumer.",
          "restore.consumer.",
          "global.consumer.",
          "consumer.",
          "producer.",
          "admin.");

  /** Settings of the topics of stores; brokers know them, clients do not. */
  private static final String TOPIC = "topic.";

  private static final int LETTERS_OF_A_SLIP = 2;
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{[^}]*}");
  private static final Pattern USER_IN_URL = Pattern.compile("://[^/@\\s]*@");
  private static final String MASK = "********";
  private static final Map<String, ConfigDef.Type> TYPES = types();

  private KafkaKeys() {}

  /**
   * The known key that was meant by one that Kafka does not know and that looks like a slip. Others
   * may be a plug-in's own.
   */
  static Optional<String> meant(String key) {
    String bare = withoutPrefix(key);
    return TYPES.containsKey(bare) || key.startsWith(TOPIC) || bare.startsWith("config.providers.")
        ? Optional.empty()
        : Nearest.within(LETTERS_OF_A_SLIP, bare, TYPES.keySet())
            .map(known -> key.substring(0, key.length() - bare.length()) + known);
  }

  /**
   * A value as it may be shown: only those are that Kafka knows not to be secret, for a plug-in's
   * may be anything.
   */
  static String shown(String key, String text) {
    ConfigDef.Type type = TYPES.get(withoutPrefix(key));
    boolean isPublic = type == null ? key.startsWith(TOPIC) : type != ConfigDef.Type.PASSWORD;
    return isPublic ? withoutUser(text) : masked(text);
  }

  /** The mask, and beside it the references that the value is made of. */
  static String masked(String text) {
    List<String> references =
        REFERENCE.matcher(text).results().map(match -> match.group()).toList();
    if (text.length() == references.stream().mapToInt(String::length).sum()) {
      return text;
    }
    return references.isEmpty() ? MASK : MASK + " with " + String.join(", ", references);
  }

  /** The text without users and passwords of the URLs in it. */
  static String withoutUser(String text) {
    return USER_IN_URL.matcher(text).replaceAll("://" + MASK + "@");
  }

  static Collection<String> known() {
    return TYPES.keySet();
  }

  private static String withoutPrefix(String key) {
    return PREFIXES.stream()
        .filter(key::startsWith)
        .findFirst()
        .map(prefix -> key.substring(prefix.length()))
        .orElse(key);
  }

  private static Map<String, ConfigDef.Type> types() {
    Map<String, ConfigDef.Type> types = new HashMap<>();
    Stream.of(
            ProducerConfig.configDef(),
            ConsumerConfig.configDef(),
            AdminClientConfig.configDef(),
            StreamsConfig.configDef())
        .flatMap(def -> def.configKeys().values().stream())
        // A secret of one client is one for all.
        .forEach(key ->
            types.merge(
                key.name.toLowerCase(Locale.ROOT),
                key.type,
                (one, other) -> one == ConfigDef.Type.PASSWORD ? one : other));
    return Map.copyOf(types);
  }
}
