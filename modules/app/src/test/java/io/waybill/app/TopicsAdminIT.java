package io.waybill.app;

import static java.util.concurrent.CompletableFuture.delayedExecutor;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.testkit.KafkaFixture;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;

class TopicsAdminIT {
  @Test
  void waitsForATopicThatABrokerHasNotHeardOfYet() throws Exception {
    String topic = "late-" + UUID.randomUUID();
    try (Admin admin =
        Admin.create(Map.of("bootstrap.servers", KafkaFixture.shared().bootstrapServers()))) {
      CompletableFuture<CreateTopicsResult> later =
          CompletableFuture.supplyAsync(
              () ->
                  admin.createTopics(
                      List.of(new NewTopic(topic, Optional.of(1), Optional.empty()))),
              delayedExecutor(300, TimeUnit.MILLISECONDS));

      String id = new TopicsAdmin(admin).topicId(topic);

      assertThat(id).isEqualTo(later.get().topicId(topic).get().toString());
    }
  }
}
