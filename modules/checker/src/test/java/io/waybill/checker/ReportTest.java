package io.waybill.checker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReportTest {
  private static final Report.Numbers NUMBERS =
      new Report.Numbers(7, 6, 9, 8, 5, 2, 1, 1, 3, Map.of("waybill.events", 4L));

  @Test
  void printsNumbersEveryRuleAndSomeFindings() {
    List<Finding> lost =
        IntStream.range(0, 5)
            .mapToObj(i -> new Finding(Rule.LOST, "delivery-" + i, "is gone\u001b[2J"))
            .toList();

    String text = print(new Report(lost, NUMBERS), 2);

    assertThat(text)
        .contains("submitted 7 (acknowledged 6), tasks 5, received 9 (answered 2xx 8)")
        .contains("repeated 2: unreadable answers (1) explain 1, crashes explain up to 3")
        .contains("not judged: 4 records of waybill.events")
        .contains("LOST delivery-0: is gone?[2J")
        .contains("LOST delivery-1")
        .doesNotContain("delivery-2")
        .contains("LOST: and 3 more");
    for (Rule rule : Rule.values()) {
      int count = rule == Rule.LOST ? 5 : 0;
      assertThat(text).containsPattern("(?m)^" + rule.word() + " +" + count + " ");
    }
  }

  private static String print(Report report, int mostPerRule) {
    StringWriter text = new StringWriter();
    report.print(new PrintWriter(text), mostPerRule);
    return text.toString();
  }
}
