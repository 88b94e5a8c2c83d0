package io.waybill.testkit;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** Makes topics for tests, which the brokers here do not make by themselves. */
public final class TestTopics {
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final String RUN = Long.toString(System.nanoTime(), 36);

  private TestTopics() {}

  /** A name that no other test of this broker uses, for topics, groups and transactional ids. */
  public static String uniqueName(String prefix) {
    return prefix + "." + RUN + "-" + NUMBER.incrementAndGet();
  }

  /**
   * Makes a topic and returns when the broker has it.
   *
   * @param settings topic configuration, such as {@code cleanup.policy}
   */
  public static void create(
      String bootstrapServers, String topic, int partitions, Map<String, String> settings) {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      NewTopic made =
          new NewTopic(topic, Optional.of(partitions), Optional.empty()).configs(settings);
      admin.createTopics(List.of(made)).all().get(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while making topic " + topic, e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("topic " + topic + " was not made: " + e.getMessage(), e);
    }
  }

  /** A topic of a unique name. */
  public static String create(String bootstrapServers, String prefix, int partitions) {
    String topic = uniqueName(prefix);
    create(bootstrapServers, topic, partitions, Map.of());
    return topic;
  }
}
