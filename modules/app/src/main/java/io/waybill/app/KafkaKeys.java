package io.waybill.app;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
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

  /** To the next space, or to the comma before the next URL: a password may hold anything else. */
  private static final Pattern URL =
      Pattern.compile("://(?:(?!,\\s*[A-Za-z][A-Za-z0-9+.-]*://)\\S)*+");

  private static final Pattern QUERY_VALUE = Pattern.compile("([?&;#][^?&;#=]*=)[^&;#]*");
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
    return isPublic ? withoutSecrets(text) : masked(text);
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

  /**
   * The text without what may be secret in the URLs in it: users, passwords, and the values of
   * queries. Rather too much than too little, since both may hold what ends them elsewhere.
   */
  static String withoutSecrets(String text) {
    return URL.matcher(text)
        .replaceAll(found -> Matcher.quoteReplacement(withoutSecretsInUrl(found.group())));
  }

  private static String withoutSecretsInUrl(String url) {
    int at = url.lastIndexOf('@');
    String place = at < 0 ? url : "://" + MASK + url.substring(at);
    int query = Math.min(indexOf(place, '?'), indexOf(place, '#'));
    String values = place.substring(query);
    if (values.length() < 2) {
      return place;
    }
    return place.substring(0, query)
        + (values.indexOf('=') < 0
            ? values.charAt(0) + MASK
            : QUERY_VALUE.matcher(values).replaceAll("$1" + MASK));
  }

  private static int indexOf(String text, char wanted) {
    int index = text.indexOf(wanted);
    return index < 0 ? text.length() : index;
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
