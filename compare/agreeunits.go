package compare

import "strings"

// unitNames gives each way to write a unit its one name. Words are in small letters; signs whose
// case matters are as they are written.
func unitNames() map[string]string {
	names := map[string]string{}
	for line := range strings.Lines(unitTable) {
		words := strings.Fields(line)
		for _, w := range words {
			names[w] = words[0]
		}
	}
	return names
}

// unitTable has a unit a line, its name first. A line of its own tells what only looks alike: Kb is
// no KB.
const unitTable = `ns nanosecond nanoseconds 나노초
µs μs us microsecond microseconds 마이크로초
ms msec millisecond milliseconds millisekunde millisekunden 밀리초 毫秒
s sec secs second seconds sekunde sekunden 초 秒
min mins minute minutes minuten 분 分钟 分
h hr hrs hour hours stunde stunden 시간 小时 時間
day days tag tage tagen 일 天 日
week weeks woche wochen 주 周
month months monat monate monaten 개월 달 个月
year years jahr jahre jahren 년 年
o'clock 시 点
% ％ percent prozent 퍼센트 프로
‰
B byte bytes 바이트 字节
KB kB kilobyte kilobytes 킬로바이트
MB megabyte megabytes 메가바이트
GB gigabyte gigabytes 기가바이트 기가
TB terabyte terabytes 테라바이트
KiB
MiB
GiB
TiB
bit bits 비트
Mbps
Gbps
Hz hertz 헤르츠
kHz
MHz
GHz
mm millimeter millimeters 밀리미터
cm centimeter centimeters zentimeter 센티미터
m meter meters metre metres 미터 米
km kilometer kilometers kilometre kilometres 킬로미터 公里
mi mile miles 마일
ft foot feet 피트
inch inches 인치
mg 밀리그램
g gram grams gramm 그램 克
kg kilogram kilograms kilogramm 킬로그램 公斤
t ton tons tonne tonnes tonnen 톤
ml mL milliliter
l L liter liters litre litres 리터
°C ℃ celsius 섭씨
°F ℉ fahrenheit 화씨
K
W watt watts 와트
kW
kWh
V volt volts 볼트
USD $ dollar dollars 달러 美元
EUR € euro euros 유로 欧元
GBP £ pounds
KRW ₩ won 원
JPY ¥ yen 엔 円
CNY yuan 위안 元
token tokens tok 토큰
times mal 배 倍
개 个 個
명 人
회 번 次
줄 lines line
px pixel pixels 픽셀
`

// powerOfTen reads a word for a power of ten at the beginning of a word, with how many bytes it
// takes.
func powerOfTen(word string) (power, size int) {
	for _, w := range []struct {
		name  string
		power int
	}{
		{"천만", 7}, {"백만", 6}, {"십만", 5}, {"천억", 11}, {"백억", 10}, {"십억", 9}, {"조", 12},
		{"억", 8}, {"만", 4}, {"천", 3}, {"백", 2}, {"万", 4}, {"萬", 4}, {"亿", 8}, {"億", 8}, {"千", 3},
	} {
		if strings.HasPrefix(word, w.name) {
			return w.power, len(w.name)
		}
	}
	switch strings.ToLower(word) {
	case "thousand", "tausend":
		return 3, len(word)
	case "million", "millions", "millionen", "mio":
		return 6, len(word)
	case "billion", "billions", "milliarde", "milliarden", "mrd":
		return 9, len(word)
	case "trillion", "trillions":
		return 12, len(word)
	}
	return 0, 0
}
