package io.waybill.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as the README shows it. */
class DemoIT {
  @Test
  void showsTheTutorial(@TempDir Path folder) throws Exception {
    Shell shell = new Shell(folder);

    Process demo = shell.start("demo.log", Map.of(), List.of("bin/waybill", "demo"));

    int exit = Shell.end(demo, Duration.ofMinutes(3));
    String output = shell.output("demo.log");
    assertThat(exit).as(output).isZero();
    assertThat(output)
        .contains("Loopback (127.0.0.0/8) is allowed for the demo's own receivers")
        .contains("sendgrid and ses come later", "complianceWebhook that it never creates")
        .contains("encryption-key-missing", "not-enforced-yet")
        .containsPattern("daily report +processing +Compliance Team Email +delivered +1")
        .containsPattern("daily report +processing +SIEM Integration +retrying +1")
        .containsPattern("daily report +processing +SIEM Integration +retrying +2")
        .containsPattern("daily report +completed +SIEM Integration +delivered +3")
        .containsPattern("phi-access 2 +completed +(HIPAA Archive|SIEM Integration) +delivered +1")
        .containsPattern("alert +completed +Secure PHI Email +delivered +1")
        .containsPattern("audit-event +processing +Real-time Analytics +failed +3")
        .containsPattern("audit-event +completed +S3 Backup Archive +delivered +1")
        .containsPattern("lost event +failed +Analytics alone +failed +3")
        .containsPattern("lost event +completed +Analytics alone +delivered +1")
        .contains("x-source: audit-system")
        .contains("\"totalEvents\": 1250")
        .containsPattern("To: +compliance@hospital.com\nSubject: Daily Compliance Report - 20")
        .containsPattern("To: +security@hospital.com\nSubject: Daily Compliance Report - 20")
        .containsPattern("To: +privacy-officer@hospital.com")
        .containsPattern("Attached: encrypted-mail.cms\n +[0-9]+ bytes of application/cms")
        .contains("- Total audit events: 1250", "Attached: report-", "storage class STANDARD_IA")
        .doesNotContain("{{")
        .doesNotContain("\u001b[")
        .doesNotContain("Exception");
    assertThat(output.lines().filter(line -> line.startsWith("s3://hospital-hipaa-audit-archive/")))
        .as("two deliveries of one day are two objects")
        .hasSize(2)
        .doesNotHaveDuplicates();
    assertThat(output.lines().filter(line -> line.startsWith("s3://enterprise-audit-backup/")))
        .as("the backup received")
        .hasSize(1);
  }
}
