{{- define "waybill.fullname" -}}
{{- if eq .Release.Name .Chart.Name -}}
{{ .Release.Name }}
{{- else -}}
{{ printf "%s-waybill" .Release.Name | trunc 40 | trimSuffix "-" }}
{{- end -}}
{{- end -}}

{{- define "waybill.serviceAccount" -}}
{{ .Values.serviceAccount.name | default (include "waybill.fullname" .) }}
{{- end -}}

{{- define "waybill.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}

{{- /* Takes root and role. */ -}}
{{- define "waybill.selector" -}}
app.kubernetes.io/name: waybill
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .role }}
{{- end -}}

{{- define "waybill.labels" -}}
{{ include "waybill.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{- /* The configuration file: what the chart decides wins over `config`, which is all the rest. */ -}}
{{- define "waybill.config" -}}
{{- $decided := dict
  "profile" .Values.profile
  "kafka" .Values.kafka
  "schemaRegistry" .Values.schemaRegistry
  "keyset" "/etc/waybill/keyset/keyset.json"
  "stateDirectory" "/var/lib/waybill"
  "instance" "waybill"
  "partitions" (int .Values.partitions)
  "requestTopics" .Values.requestTopics
  "httpAddress" "0.0.0.0"
  "httpPort" 8080
-}}
{{- if .Values.payloadKeys.secret -}}
{{- $_ := set $decided "payloadKeys" "/etc/waybill/payload-keys/payload-keys.json" -}}
{{- end -}}
{{- range $key, $_ := .Values.config -}}
{{- if hasKey $decided $key -}}
{{- fail (printf "config.%s: the chart decides it, by a value of its own or as it mounts things" $key) -}}
{{- end -}}
{{- end -}}
{{- if not (hasKey .Values.config "logging") -}}
{{- $_ := set $decided "logging" (dict "format" "json") -}}
{{- end -}}
{{ toYaml (merge $decided .Values.config) }}
{{- end -}}

{{- define "waybill.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "waybill.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{- /* Takes root and role: how a container comes by its user of Kafka. */ -}}
{{- define "waybill.envFrom" -}}
{{- with .root.Values.kafkaUser.secret }}
envFrom:
  - secretRef: {name: {{ replace "{role}" $.role . | quote }}}
{{- end }}
{{- end -}}

{{- define "waybill.kafkaFilesMount" -}}
{{- if .root.Values.kafkaFiles.secret }}
- {name: kafka, mountPath: /etc/waybill/kafka, readOnly: true}
{{- end }}
{{- end -}}

{{- define "waybill.kafkaFilesVolume" -}}
{{- with .root.Values.kafkaFiles.secret }}
- name: kafka
  secret: {secretName: {{ replace "{role}" $.role . | quote }}, defaultMode: 0440}
{{- end }}
{{- end -}}

{{- /* On which nodes, and before whom. */ -}}
{{- define "waybill.placement" -}}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- /* Takes root, role and spec. */ -}}
{{- define "waybill.pod" -}}
{{- $sender := hasPrefix "sender-" .role -}}
metadata:
  labels:
    {{- include "waybill.selector" . | nindent 4 }}
    {{- with .root.Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    # Another configuration is another process.
    checksum/config: {{ include "waybill.config" .root | sha256sum | quote }}
    {{- with .root.Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "waybill.serviceAccount" .root }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  # A role closes within 30 s. Killed earlier, it leaves a transaction open.
  terminationGracePeriodSeconds: 45
  securityContext:
    {{- include "waybill.podSecurity" .root | nindent 4 }}
  {{- with .root.Values.image.pullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- include "waybill.placement" .root | nindent 2 }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "waybill.selector" . | nindent 10 }}
  containers:
    - name: waybill
      image: {{ include "waybill.image" .root | quote }}
      imagePullPolicy: {{ .root.Values.image.pullPolicy }}
      args: [run, --config=/etc/waybill/waybill.yaml, --roles={{ .role }}]
      env:
        # The pod's name tells this process from the others of its role.
        - name: WAYBILL__INSTANCE
          valueFrom: {fieldRef: {fieldPath: metadata.name}}
        {{- $options := list .root.Values.javaOptions }}
        {{- with .spec.heap }}
        {{- $options = append $options (printf "-Xmx%s" .) }}
        {{- end }}
        {{- with join " " (compact $options) }}
        - name: JDK_JAVA_OPTIONS
          value: {{ . | quote }}
        {{- end }}
        {{- with .root.Values.env }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- include "waybill.envFrom" . | nindent 6 }}
      ports:
        - {name: http, containerPort: 8080}
      # Reading stores anew takes minutes after an unclean end; a role that does so is healthy.
      startupProbe:
        httpGet: {path: /health/live, port: http}
        periodSeconds: 2
        failureThreshold: 60
      livenessProbe:
        httpGet: {path: /health/live, port: http}
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      readinessProbe:
        httpGet: {path: /health/ready, port: http}
        periodSeconds: 5
        timeoutSeconds: 5
        failureThreshold: 3
      resources:
        {{- toYaml .spec.resources | nindent 8 }}
      securityContext:
        {{- include "waybill.containerSecurity" .root | nindent 8 }}
      volumeMounts:
        - {name: config, mountPath: /etc/waybill/waybill.yaml, subPath: waybill.yaml, readOnly: true}
        - {name: state, mountPath: /var/lib/waybill}
        # Native libraries are unpacked there.
        - {name: tmp, mountPath: /tmp}
        {{- include "waybill.kafkaFilesMount" . | nindent 8 }}
        {{- if $sender }}
        - {name: keyset, mountPath: /etc/waybill/keyset, readOnly: true}
        {{- if .root.Values.payloadKeys.secret }}
        - {name: payload-keys, mountPath: /etc/waybill/payload-keys, readOnly: true}
        {{- end }}
        {{- end }}
  volumes:
    - name: config
      configMap: {name: {{ include "waybill.fullname" .root }}}
    - name: tmp
      emptyDir: {sizeLimit: 256Mi}
    {{- if $sender }}
    - name: state
      emptyDir: {sizeLimit: 64Mi}
    # Waybill refuses keys that more than its own group can read.
    - name: keyset
      secret:
        secretName: {{ .root.Values.keyset.secret }}
        defaultMode: 0440
        items: [{key: {{ .root.Values.keyset.key }}, path: keyset.json}]
    {{- with .root.Values.payloadKeys.secret }}
    - name: payload-keys
      secret:
        secretName: {{ . }}
        defaultMode: 0440
        items: [{key: {{ $.root.Values.payloadKeys.key }}, path: payload-keys.json}]
    {{- end }}
    {{- end }}
    {{- include "waybill.kafkaFilesVolume" . | nindent 4 }}
{{- end -}}
