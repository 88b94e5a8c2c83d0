package io.waybill.app.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waybill.client.plan.ForeignThing;
import io.waybill.domain.OrganizationId;
import io.waybill.wire.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill dead-letters show}. */
@Command(
    name = "show",
    description = "Show a dead letter; of a task that died several times, its last.")
final class DeadLettersShow extends KafkaCommand {
  @Parameters(
      paramLabel = "ID",
      description = "A task id, or where the record stands (TOPIC-PARTITION@OFFSET).")
  private Optional<String> id = Optional.empty();

  @Mixin private final AskingOption asking = new AskingOption();

  @Mixin private final FormOption output = new FormOption(FormOption.Form.JSON);

  @Option(
      names = "--payload",
      description = "Also show the payload, which may be protected health information.")
  private boolean payload;

  DeadLettersShow(Environment environment) {
    super(environment);
  }

  @Override
  public Integer call() {
    String wanted = id.orElseThrow(() -> wrongUsage("ID is missing"));
    List<ObjectNode> last = new ArrayList<>(1);
    AtomicReference<Optional<OrganizationId>> owner = new AtomicReference<>(Optional.empty());
    try (Connection connection = connect()) {
      // A task's letters have one key, so they stand in one partition, in order.
      new TopicScan(connection, this::warn)
          .read(
              Topics.DEAD_LETTERS,
              connection.codecs().deadLetters(),
              (letter, record) -> {
                if (wanted.equals(DeadLetterView.id(letter))
                    || wanted.equals(letter.origin().toString())) {
                  last.clear();
                  last.add(DeadLetterView.json(letter, payload));
                  owner.set(letter.organizationId());
                }
              });
      if (!asking.mayHave(owner.get(), ForeignThing.DEAD_LETTER, wanted, this, connection)) {
        last.clear();
      }
    }
    if (last.isEmpty()) {
      throw CliException.failed(
          "no such dead letter: "
              + TextTable.plain(wanted)
              + ". `waybill dead-letters list` shows those that there are, for 30 days");
    }
    ObjectNode json = last.getFirst();
    output.print(out(), () -> json, () -> FieldLines.print(json, out()));
    return ExitCodes.OK;
  }
}
