package io.waybill.testkit;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import kafka.docker.KafkaDockerWrapper$;
import scala.jdk.javaapi.CollectionConverters;

/**
 * How the image {@code apache/kafka} is told broker properties: by environment variables, from
 * which its start script writes the broker's file. The reading side is the script's own code, of
 * the same Kafka version.
 *
 * @see <a href="https://github.com/apache/kafka/blob/trunk/docker/examples/README.md">the rule</a>
 */
public final class KafkaImage {
  private KafkaImage() {}

  /** The variable of a broker property: {@code log.dirs} is KAFKA_LOG_DIRS. */
  public static String variable(String property) {
    return "KAFKA_"
        + property
            .toUpperCase(Locale.ROOT)
            .replace("_", "__")
            .replace("-", "___")
            .replace(".", "_");
  }

  /** What a container with these variables writes into {@code server.properties}. */
  public static Properties properties(Map<String, String> environment) {
    Properties properties = new Properties();
    for (String line : lines(environment)) {
      int end = line.indexOf('=');
      properties.put(line.substring(0, end), line.substring(end + 1));
    }
    return properties;
  }

  private static List<String> lines(Map<String, String> environment) {
    scala.collection.immutable.Map<String, String> variables =
        scala.collection.immutable.Map$.MODULE$.from(CollectionConverters.asScala(environment));
    return CollectionConverters.asJava(
            KafkaDockerWrapper$.MODULE$.getServerConfigsFromEnv(variables))
        .stream()
        .filter(line -> !line.isBlank())
        .toList();
  }
}
