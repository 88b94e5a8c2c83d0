package io.waybill.app.telemetry;

import io.waybill.domain.DestinationType;
import io.waybill.fanout.FanOutTopology;
import io.waybill.sender.SenderConfig;
import io.waybill.status.StatusTopology;
import io.waybill.timer.TimerTopology;
import io.waybill.wire.Topics;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A topic of the road and the group that reads it.
 *
 * @param type of its tasks, if it has tasks
 */
public record Stage(String topic, String group, Optional<DestinationType> type) {

  /** All of them, in the order that a request takes. */
  public static List<Stage> ofRoad(
      Collection<String> requestTopics, Collection<DestinationType> types) {
    List<Stage> stages = new ArrayList<>();
    requestTopics.forEach(
        topic -> stages.add(new Stage(topic, FanOutTopology.APPLICATION_ID, Optional.empty())));
    stages.add(new Stage(Topics.FAN_OUT_REKEYED, FanOutTopology.APPLICATION_ID, Optional.empty()));
    stages.add(new Stage(Topics.EVENTS, StatusTopology.APPLICATION_ID, Optional.empty()));
    stages.add(new Stage(Topics.COMMANDS, StatusTopology.APPLICATION_ID, Optional.empty()));
    for (DestinationType type : types) {
      String group = SenderConfig.groupId(type);
      stages.add(new Stage(Topics.tasks(type), group, Optional.of(type)));
      stages.add(new Stage(Topics.expressTasks(type), group, Optional.of(type)));
      stages.add(new Stage(Topics.retry(type), TimerTopology.APPLICATION_ID, Optional.of(type)));
    }
    return stages;
  }
}
